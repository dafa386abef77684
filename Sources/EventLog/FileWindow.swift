// The part of a file that a reader has in memory. It slides forward with the reader, in reads of
// a chunk each, and keeps what the reader still needs; the buffer grows only for a batch larger
// than it, and never beyond the file's size.
//
// Invariant: start <= end; the buffer's first `end - start` bytes are those of the file from
// `start`.

internal import LinuxIO

/// A sliding view of a file.
struct FileWindow: ~Copyable {
  private let file: any LogFile
  private let chunkSizeBytes: Int
  private var buffer: [UInt8] = []
  /// The offset of the first byte in memory.
  private(set) var start = 0
  /// The offset behind the last byte in memory.
  private(set) var end = 0

  /// Looks at `file` in reads of `chunkSizeBytes`; nothing is read yet.
  init(_ file: any LogFile, chunkSizeBytes: Int) {
    self.file = file
    self.chunkSizeBytes = chunkSizeBytes
  }

  /// The bytes in memory.
  var span: RawSpan {
    @_lifetime(borrow self)
    @inline(__always)
    get {
      // Safe: a span of bytes has no padding.
      unsafe buffer.span.bytes.extracting(first: end - start)
    }
  }

  /// The bytes from one offset to another, both within what is in memory.
  @_lifetime(borrow self)
  @inline(__always)
  func bytes(_ range: Range<Int>) -> RawSpan {
    span.extracting(range.lowerBound - start..<range.upperBound - start)
  }

  /// Makes sure that the bytes of `range` are in memory; what is before it is dropped.
  ///
  /// - Returns: whether they all are; `false` when the file ends before.
  @inline(__always)
  mutating func load(_ range: Range<Int>) throws(SystemError) -> Bool {
    if range.lowerBound >= start && range.upperBound <= end { return true }
    return try slide(to: range)
  }

  /// Forgets what is in memory, so that the file is read anew.
  mutating func forget() {
    end = start
  }

  private mutating func slide(to range: Range<Int>) throws(SystemError) -> Bool {
    drop(before: range.lowerBound)
    try makeRoom(for: range)
    while end < range.upperBound {
      let count = try readOnce()
      if count == 0 { return false }
      end += count
    }
    return true
  }

  /// Enlarges the buffer to hold `range`, or as much of it as the file has: `range` may come from a
  /// number in the file.
  private mutating func makeRoom(for range: Range<Int>) throws(SystemError) {
    guard buffer.count < range.count || buffer.isEmpty else { return }
    var size = max(chunkSizeBytes, buffer.count)
    if size < range.count {
      let present = max(0, min(range.upperBound, try file.sizeBytes()) - range.lowerBound)
      size = max(size, present, min(2 * buffer.count, 2 * present))
    }
    buffer += [UInt8](repeating: 0, count: size - buffer.count)
  }

  /// Moves the bytes from `offset` on to the front of the buffer.
  private mutating func drop(before offset: Int) {
    guard offset > start && offset < end else {
      if offset != start {
        start = offset
        end = offset
      }
      return
    }
    let kept = offset - start..<end - start
    unsafe buffer.withUnsafeMutableBytes { bytes in
      // Safe: (1) `kept` lies within the buffer by the invariant; (2) memmove allows the overlap.
      unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[kept]))
    }
    start = offset
  }

  /// Reads into the free end of the buffer.
  private mutating func readOnce() throws(SystemError) -> Int {
    let file = self.file
    let filled = end - start
    let offset = end
    var elements = buffer.mutableSpan
    // Safe: every bit pattern is a `UInt8`.
    var bytes = unsafe elements.mutableBytes
    var free = bytes._mutatingExtracting(droppingFirst: filled)
    return try file.read(into: &free, at: offset)
  }
}
