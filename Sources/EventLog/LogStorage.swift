// The log's boundary to the disk. Two conformers: `FileStorage`, and the simulated disk of the
// tests, which loses and tears what was not synced. One conformance suite holds for both. A
// protocol costs an indirect call per system call, which is nothing beside a sync.

public import LinuxIO

/// The directory that holds the log's files.
///
/// Names are plain file names. What was created, renamed or removed survives a crash only after
/// `syncDirectory`; what was written to a file only after its `sync`. No call gives EINTR: an
/// interrupted one is made again below this boundary.
public protocol LogStorage: AnyObject, Sendable {
  /// The names of all files, in the order of their bytes.
  func names() throws(SystemError) -> [String]
  /// Opens an existing file.
  ///
  /// - Throws: ENOENT when there is none, and others.
  func open(_ name: String, _ access: FileAccess) throws(SystemError) -> any LogFile
  /// Makes a file for reading and writing, for its owner only; one that exists is emptied.
  func create(_ name: String) throws(SystemError) -> any LogFile
  /// Renames a file in one step, over any file of the new name.
  func rename(_ source: String, to target: String) throws(SystemError)
  /// Removes a file; those who have it open keep it.
  func remove(_ name: String) throws(SystemError)
  /// Waits until the names are on the disk. A failure is final.
  func syncDirectory() throws(SystemError)
  /// The bytes that the file system has left for this user.
  func freeBytes() throws(SystemError) -> Int
}

/// An open file of the log; closed when nobody holds it.
public protocol LogFile: AnyObject, Sendable {
  /// The size in bytes.
  func sizeBytes() throws(SystemError) -> Int
  /// Reads once at an offset; may be short.
  ///
  /// - Returns: how many bytes were read; 0 only at the end of the file.
  func read(into buffer: inout MutableRawSpan, at offset: Int) throws(SystemError) -> Int
  /// Writes once at an offset; may be short.
  ///
  /// - Returns: how many bytes were taken, 1 or more.
  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int
  /// Waits until the bytes and the size are on the disk. A failure is final.
  func sync() throws(SystemError)
  /// Cuts the file, or extends it with zeros.
  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError)
}

extension LogFile {
  /// Writes all bytes, over as many calls as it takes.
  ///
  /// - Throws: as `write`; some first part of the bytes may then be written.
  package func writeAll(_ bytes: RawSpan, at offset: Int) throws(SystemError) {
    var done = 0
    while done < bytes.byteCount {
      let count = try write(bytes.extracting(droppingFirst: done), at: offset + done)
      if count == 0 { throw SystemError(.pwrite, .ioError) }
      done += count
    }
  }

  /// Writes all bytes, over as many calls as it takes.
  package func writeAll(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    // Safe: a span of bytes has no padding.
    try writeAll(unsafe bytes.span.bytes, at: offset)
  }

  /// Reads a part of the file, shorter than `count` only at the file's end.
  ///
  /// `count` is allocated at once: take it from the file's size, never from its content.
  package func bytes(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      var elements = bytes.mutableSpan
      // Safe: every bit pattern is a `UInt8`.
      var buffer = unsafe elements.mutableBytes
      var rest = buffer._mutatingExtracting(droppingFirst: done)
      let taken = try read(into: &rest, at: offset + done)
      if taken == 0 { break }
      done += taken
    }
    bytes.removeLast(count - done)
    return bytes
  }

  /// The offset behind the last byte that is not zero, or `start` when there is none from there on.
  func dataEnd(from start: Int) throws(SystemError) -> Int {
    var end = try sizeBytes()
    while end > start {
      let chunkStart = max(start, end - 64 * 1024)
      let chunk = try bytes(at: chunkStart, count: end - chunkStart)
      if let last = chunk.lastIndex(where: { $0 != 0 }) { return chunkStart + last + 1 }
      end = chunkStart
    }
    return start
  }
}
