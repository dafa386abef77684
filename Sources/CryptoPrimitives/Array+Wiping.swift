// Overwriting buffers that held a secret, in a way that no optimizer leaves out.
// Invariant: only a buffer that has one owner is wiped; of a shared one, the copy made by writing
// is. What the operating system or a caller copied before is not reached.

internal import CIntrinsics

extension [UInt8] {
  /// Overwrites every byte with zero.
  ///
  /// - Complexity: O(bytes).
  public mutating func wipe() {
    // Safe: the pointer covers exactly the elements.
    unsafe withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe ci_wipe(start, bytes.count)
    }
  }
}
