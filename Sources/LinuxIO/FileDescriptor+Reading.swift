// Reading. `read(into:at:)` takes what one call gives; `readFully(into:at:)` goes on until the
// buffer is full or the file ends, because a single pread(2) may give less than it was asked for.
//
// A read at an offset moves no position, so readers of one file do not disturb each other.

internal import Glibc

extension FileDescriptor {
  /// Reads at an offset, once; the C function is `pread`.
  ///
  /// - Returns: how many bytes were read; 0 at the end of the file.
  /// - Throws: `SystemError` with EIO, EISDIR and others.
  /// - Source: pread(2).
  public func read(
    into buffer: inout MutableRawSpan, at offset: Int64
  ) throws(SystemError) -> Int {
    // Safe: pointer and count come from one span, and the kernel keeps neither.
    try unsafe buffer.withUnsafeMutableBytes { bytes throws(SystemError) in
      try check(.pread) { unsafe pread(rawValue, bytes.baseAddress, bytes.count, off_t(offset)) }
    }
  }

  /// Reads where the descriptor stands, once; the C function is `read`.
  ///
  /// For pipes and standard input. It waits for bytes if the descriptor does.
  ///
  /// - Returns: how many bytes were read; 0 at the end.
  /// - Throws: `SystemError` with EIO, EISDIR, EAGAIN and others.
  /// - Source: read(2).
  public func read(into buffer: inout MutableRawSpan) throws(SystemError) -> Int {
    // Safe: pointer and count come from one span, and the kernel keeps neither.
    try unsafe buffer.withUnsafeMutableBytes { bytes throws(SystemError) in
      try check(.read) { unsafe Glibc.read(rawValue, bytes.baseAddress, bytes.count) }
    }
  }

  /// Reads at an offset until the buffer is full or the file ends.
  ///
  /// - Returns: how many bytes were read; fewer than the buffer holds only at the end of the file.
  /// - Throws: `SystemError` as `read(into:at:)`; the buffer's bytes then mean nothing.
  public func readFully(
    into buffer: inout MutableRawSpan, at offset: Int64
  ) throws(SystemError) -> Int {
    var done = 0
    while done < buffer.byteCount {
      var rest = buffer._mutatingExtracting(droppingFirst: done)
      let count = try read(into: &rest, at: offset + Int64(done))
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Reads a part of a file into a new array, which is shorter than `count` only at the file's end.
  ///
  /// `count` is allocated at once: take it from the file's size, never from the file's content.
  ///
  /// - Throws: `SystemError` as `read(into:at:)`.
  public func bytes(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let done = try readFully(into: &bytes, at: offset)
    bytes.removeLast(count - done)
    return bytes
  }

  /// Fills an array from an offset on, as `readFully(into:at:)` fills a span.
  ///
  /// - Returns: how many bytes were read.
  /// - Throws: `SystemError` as `read(into:at:)`.
  public func readFully(into bytes: inout [UInt8], at offset: Int64) throws(SystemError) -> Int {
    var elements = bytes.mutableSpan
    // Safe: every bit pattern is a `UInt8`.
    var buffer = unsafe elements.mutableBytes
    return try readFully(into: &buffer, at: offset)
  }
}
