// Carries out the plan of a repair. Whoever calls this holds the lock. The order makes it safe to
// die at any call: the copies first, then what loses nothing, then the segments given up from the
// last one forwards, and the cut last.
//
// What dies halfway leaves the log with the same damage, or with less of it, or as the whole repair
// would: the next repair makes the rest of the way, and a start refuses or goes on from there.

internal import LinuxIO

/// Repairs logs.
public enum RepairRun {
  /// Carries out a plan.
  ///
  /// What is given up stays beside the log as kept tails; the next start tells of each by an event.
  ///
  /// - Parameters:
  ///   - plan: Made for this log, which nobody has changed since.
  ///   - storage: The log's directory.
  ///   - aside: An empty directory, for copies of the files that are written to.
  /// - Throws: `diskFull`, `writeFailed`, `system`: the log is damaged still, or repaired in part;
  ///   what it was is in `aside`. A repair may be run again.
  /// - Complexity: O(size of the files that change).
  public static func apply(
    _ plan: RepairPlan, to storage: any LogStorage, aside: any LogStorage
  ) throws(LogError) {
    try copyAside(plan, from: storage, to: aside)
    for name in plan.changedFiles {
      try mend(plan.mends.filter { $0.file == name }, name, storage)
    }
    guard let cut = plan.cut else { return }
    for segment in cut.segments.reversed() {
      try writing(segment.file) { () throws(SystemError) in
        try storage.rename(segment.file, to: segment.keptAs)
      }
    }
    try writing("") { () throws(SystemError) in try storage.syncDirectory() }
    if let tail = cut.tail { try self.cut(tail, storage) }
  }

  /// Copies every file that will be written to or replaced, and waits until the copies are on disk.
  private static func copyAside(
    _ plan: RepairPlan, from storage: any LogStorage, to aside: any LogStorage
  ) throws(LogError) {
    let kept = (plan.cut?.segments ?? []).map(\.keptAs) + [plan.cut?.tail?.keptAs].compactMap { $0 }
    let names: [String]
    do throws(SystemError) { names = try storage.names() } catch { throw .system(error, file: "") }
    for name in plan.changedFiles + kept where names.contains(name) {
      try writing(name) { () throws(SystemError) in
        let source = try storage.open(name, .readOnly)
        try copy(0..<source.sizeBytes(), of: source, to: aside.create(name))
      }
    }
    try writing("") { () throws(SystemError) in try aside.syncDirectory() }
  }

  /// Makes the mends of one file.
  private static func mend(
    _ mends: [Mend], _ name: String, _ storage: any LogStorage
  ) throws(LogError) {
    guard !mends.isEmpty else { return }
    try writing(name) { () throws(SystemError) in
      let file = try storage.open(name, .readWrite)
      for mend in mends {
        if mend.way == .excess {
          try file.truncate(toSizeBytes: mend.offset)
        } else {
          try file.writeAll(mend.bytes, at: mend.offset)
        }
      }
      try file.sync()
    }
  }

  /// Keeps the rest of a segment beside the log, and then cuts it off.
  private static func cut(
    _ tail: RepairCut.Range, _ storage: any LogStorage
  ) throws(LogError) {
    try writing(tail.file) { () throws(SystemError) in
      let file = try storage.open(tail.file, .readWrite)
      try copy(tail.offset..<tail.end, of: file, to: storage.create(tail.keptAs))
      try storage.syncDirectory()
      try file.truncate(toSizeBytes: tail.offset)
      try file.sync()
    }
  }

  /// Copies a part of a file, in pieces, and waits until the copy is on disk.
  private static func copy(
    _ range: Range<Int>, of source: any LogFile, to target: any LogFile
  ) throws(SystemError) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = min(Replay.chunkSizeBytes, range.upperBound - offset)
      let bytes = try source.bytes(at: offset, count: count)
      if bytes.isEmpty { break }
      try target.writeAll(bytes, at: offset - range.lowerBound)
      offset += bytes.count
    }
    try target.sync()
  }

  /// Runs calls that write, and names the file in their failure.
  private static func writing(
    _ file: String, _ body: () throws(SystemError) -> Void
  ) throws(LogError) {
    do throws(SystemError) {
      try body()
    } catch {
      throw error.isOutOfRoom ? .diskFull(file: file) : .writeFailed(error, file: file)
    }
  }
}
