// The changes that a start makes to files, each crash-safe by itself: a tail is on the disk as a
// copy before it is cut off. `LogOpening` says when and why, `schema/log.md` section 4 which
// states lead here. Only the holder of the lock may use it, before there is a writer.

internal import LinuxIO

/// The repair of a log's end.
struct LogMending {
  let storage: any LogStorage
  let directory: LogDirectory

  /// Removes segments whose making was interrupted.
  func removeUnfinished() throws(LogError) {
    let names = directory.temporaries + [directory.unfinished].compactMap { $0 }
    guard !names.isEmpty else { return }
    for name in names {
      try writing(name) { () throws(SystemError) in try storage.remove(name) }
    }
    try writing("") { () throws(SystemError) in try storage.syncDirectory() }
  }

  /// Copies the bytes from `offset` to `end` beside the log, and then cuts the segment at `offset`.
  ///
  /// The room behind `end` goes first: on a full disk the copy takes its place. What is left is a
  /// torn tail still, which runs past the end of the file.
  func cutTail(
    of segment: SegmentFile, at offset: Int, end: Int
  ) throws(LogError) -> KeptTail {
    let name = SegmentName.torn(segment: segment.name, offset: offset)
    let bytes = try reading(segment.name) { () throws(SystemError) in
      try segment.file.bytes(at: offset, count: end - offset)
    }
    try writing(segment.name) { () throws(SystemError) in
      try segment.file.truncate(toSizeBytes: end)
    }
    do throws(SystemError) {
      try keep(bytes, as: name)
    } catch {
      guard error.isOutOfRoom else { throw .writeFailed(error, file: name) }
      throw .noRoomForTail(segment: segment.name, offset: offset, sizeBytes: bytes.count)
    }
    try writing(segment.name) { () throws(SystemError) in
      try segment.file.truncate(toSizeBytes: offset)
      try segment.file.sync()
    }
    return KeptTail(segment: segment.name, offset: offset, sizeBytes: end - offset, file: name)
  }

  /// Makes a file of these bytes, and waits until it and its name are on the disk.
  private func keep(_ bytes: [UInt8], as name: String) throws(SystemError) {
    let copy = try storage.create(name)
    try copy.writeAll(bytes, at: 0)
    try copy.sync()
    try storage.syncDirectory()
  }

  /// Writes bytes of a segment again as they are, and waits until they and all names are on disk.
  func rewrite(_ range: Range<Int>, of segment: SegmentFile) throws(LogError) {
    let bytes = try reading(segment.name) { () throws(SystemError) in
      try segment.file.bytes(at: range.lowerBound, count: range.count)
    }
    try writing(segment.name) { () throws(SystemError) in
      try segment.file.writeAll(bytes, at: range.lowerBound)
      try segment.file.sync()
      try storage.syncDirectory()
    }
  }

  /// All tails that are kept beside the log.
  func keptTails() throws(LogError) -> [KeptTail] {
    var tails: [KeptTail] = []
    for name in try LogDirectory(storage).torn {
      guard let origin = SegmentName.tornOrigin(of: name) else { continue }
      let size = try reading(name) { () throws(SystemError) in
        try storage.open(name, .readOnly).sizeBytes()
      }
      tails.append(
        KeptTail(segment: origin.segment, offset: origin.offset, sizeBytes: size, file: name))
    }
    return tails
  }

  /// Runs calls that read, and names the file in their failure.
  private func reading<Result>(
    _ file: String, _ body: () throws(SystemError) -> Result
  ) throws(LogError) -> Result {
    do throws(SystemError) {
      return try body()
    } catch {
      throw .system(error, file: file)
    }
  }

  /// Runs calls that write, and names the file in their failure.
  private func writing(
    _ file: String, _ body: () throws(SystemError) -> Void
  ) throws(LogError) {
    do throws(SystemError) {
      try body()
    } catch {
      throw error.isOutOfRoom ? .diskFull(file: file) : .writeFailed(error, file: file)
    }
  }
}
