// Random bytes from the kernel, getrandom(2), fit for keys. Seeded generators for tests live with
// the tests. There is no state of ours: each call asks the kernel anew, from any thread, so a
// fork repeats nothing. Cost: a system call.

internal import CLinux

/// The kernel's random numbers.
public enum Randomness {
  /// Fills a buffer with random bytes fit for keys.
  ///
  /// It waits only if the machine has just started and has no entropy yet.
  ///
  /// - Throws: `SystemError` of getrandom(2); the buffer's bytes then mean nothing.
  /// - Source: getrandom(2). It may give fewer bytes than asked for, hence the loop.
  public static func fill(_ buffer: inout MutableRawSpan) throws(SystemError) {
    var done = 0
    while done < buffer.byteCount {
      var rest = buffer._mutatingExtracting(droppingFirst: done)
      // Safe: pointer and count come from one span, and the kernel keeps neither.
      done += try unsafe rest.withUnsafeMutableBytes { bytes throws(SystemError) in
        try check(.getrandom) { unsafe cl_getrandom(bytes.baseAddress, bytes.count) }
      }
    }
  }

  /// Gives `count` random bytes fit for keys.
  ///
  /// - Throws: `SystemError` of getrandom(2).
  public static func bytes(count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var elements = bytes.mutableSpan
    // Safe: every bit pattern is a `UInt8`.
    var buffer = unsafe elements.mutableBytes
    try fill(&buffer)
    return bytes
  }
}
