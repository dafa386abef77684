// Makes the plan of a repair. It reads the log from its start with the chain checked; where no
// batch and no trailer follows, it tries the mends that could explain it on a log in memory, and
// takes those with which the whole batch reads and its chain value fits. At the first damage for
// which there are none, the log ends.
//
// Bound: at most `mendsPerBatch` mends one behind the other in a batch; each try reads the batch.

internal import LinuxIO

/// Plans repairs.
public enum RepairPlanning {
  /// At most this many mends are made in one batch; more damage is no accident of single bits.
  public static let mendsPerBatch = 8

  /// Finds out what a repair would do; nothing is changed.
  ///
  /// - Parameter storage: The log's directory; its owner holds the lock.
  /// - Returns: the plan, empty for a log that starts.
  /// - Throws: `system`.
  /// - Complexity: O(size of the log).
  public static func plan(_ storage: any LogStorage) throws(LogError) -> RepairPlan {
    var planner = try RepairPlanner(storage)
    return try planner.run()
  }
}

/// A plan in the making.
struct RepairPlanner {
  let storage: any LogStorage
  let mended: MendedStorage
  let directory: LogDirectory
  /// The end of the log as far as it is good.
  var head: LogHead?
  /// The segment that the good log ends in, and where.
  var end: (index: Int, offset: Int)?

  init(_ storage: any LogStorage) throws(LogError) {
    self.storage = storage
    mended = MendedStorage(storage)
    directory = try LogDirectory(storage)
  }

  /// Reads the log until its end or until a damage that cannot be mended.
  mutating func run() throws(LogError) -> RepairPlan {
    guard !directory.segments.isEmpty else {
      return RepairPlan(mends: [], cut: nil, obstacle: nil)
    }
    for index in directory.segments.indices {
      do throws(LogError) {
        let segment = try open(index)
        try read(segment, index)
      } catch {
        guard case .damaged(let file, let offset, let kind) = error else { throw error }
        return try ended(by: kind, in: file, at: offset)
      }
    }
    return RepairPlan(mends: mended.all, cut: nil, obstacle: nil)
  }

  /// The plan for damage that cannot be mended.
  private func ended(
    by kind: DamageKind, in file: String, at offset: Int
  ) throws(LogError) -> RepairPlan {
    guard let end else {
      return RepairPlan(mends: [], cut: nil, obstacle: .noStart(file: file, offset: offset, kind))
    }
    let name = directory.segments[end.index]
    let tailEnd = try dataEnd(of: name)
    let tail = RepairCut.Range(
      file: name, offset: end.offset, end: tailEnd,
      keptAs: SegmentName.torn(segment: name, offset: end.offset))
    var others: [RepairCut.Range] = []
    for name in directory.segments[(end.index + 1)...] + [directory.unfinished].compactMap({ $0 }) {
      others.append(
        RepairCut.Range(
          file: name, offset: 0, end: try dataEnd(of: name),
          keptAs: SegmentName.torn(segment: name, offset: 0)))
    }
    let cut = RepairCut(
      damage: kind, file: file, offset: offset, lastSequence: head?.lastSequence ?? 0,
      tail: tailEnd > end.offset ? tail : nil, segments: others)
    return RepairPlan(mends: mended.all, cut: cut, obstacle: nil)
  }

  /// The offset behind the last byte of a file that is not zero.
  private func dataEnd(of name: String) throws(LogError) -> Int {
    do throws(SystemError) {
      let file = try mended.open(name, .readOnly)
      return try file.dataEnd(from: 0)
    } catch {
      throw .system(error, file: name)
    }
  }
}

extension RepairPlanner {
  /// Opens a segment, with a bit of its header mended if need be.
  ///
  /// - Throws: `damaged` when it is not the next one of the log.
  private func open(_ index: Int) throws(LogError) -> SegmentFile {
    let name = directory.segments[index]
    do throws(LogError) {
      let segment = try SegmentFile(mended, name: name, access: .readOnly)
      if let problem = problem(with: segment.header, named: name, index) {
        throw .damaged(file: name, offset: problem.offset, problem.kind)
      }
      return segment
    } catch {
      guard case .damaged(_, 0, _) = error, try mendHeader(of: name, index) else { throw error }
      return try SegmentFile(mended, name: name, access: .readOnly)
    }
  }

  private func problem(
    with header: SegmentHeader, named name: String, _ index: Int
  ) -> (offset: Int, kind: DamageKind)? {
    header.problem(
      named: name, number: UInt64(index + 1), nextSequence: head?.nextSequence ?? 1,
      ledger: head?.ledger, chain: head?.chain ?? .start)
  }

  /// Flips back a bit of a header, if that makes it the next one.
  private func mendHeader(of name: String, _ index: Int) throws(LogError) -> Bool {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try storage.open(name, .readOnly).bytes(at: 0, count: LogFormat.headerSizeBytes)
    } catch {
      throw .system(error, file: name)
    }
    for (mend, header) in MendSearch.headers(of: bytes)
    where problem(with: header, named: name, index) == nil {
      mended.push(Mend(file: name, offset: mend.offset, way: .flippedBit, bytes: [mend.byte]))
      return true
    }
    return false
  }

  /// Reads a segment to its end, mending what can be mended.
  ///
  /// - Throws: `damaged` for what cannot.
  private mutating func read(_ segment: SegmentFile, _ index: Int) throws(LogError) {
    let source = SegmentSource(segment, chunkSizeBytes: Replay.chunkSizeBytes)
    var scanner = BatchScanner(source, checksChain: true)
    head = LogHead(
      ledger: segment.header.ledger, segment: segment.header.number,
      lastSequence: segment.header.firstSequence - 1, chain: segment.header.chain)
    end = (index, scanner.position)
    while true {
      let step = try nextMended(&scanner, segment, index)
      switch step {
      case .batch:
        head?.lastSequence = scanner.nextSequence - 1
        head?.chain = scanner.chain
        end = (index, scanner.position)
      case .trailer(let offset):
        end = (index, offset + LogFormat.recordFrameSizeBytes)
        try cutExcess(behind: offset + LogFormat.recordFrameSizeBytes, of: segment)
        return
      case .end(let finding, let offset):
        if let kind = try damage(finding, at: offset, scanner, segment, index) {
          throw .damaged(file: segment.name, offset: offset, kind)
        }
        return
      }
    }
  }

  /// What is wrong where the reading ended; nil for the end of the log, or a tail that the next
  /// start cuts off.
  private func damage(
    _ finding: FrameFinding, at offset: Int, _ scanner: borrowing BatchScanner,
    _ segment: SegmentFile, _ index: Int
  ) throws(LogError) -> DamageKind? {
    guard isLast(index) else {
      let isFinding = finding != .zeros && finding != .endOfFile
      return isFinding ? SegmentTail.damage(finding) : .missingTrailer
    }
    let verdict = try verdict(finding, at: offset, scanner, segment)
    if case .damaged(_, let kind, _) = verdict { return kind }
    return nil
  }

  private func verdict(
    _ finding: FrameFinding, at offset: Int, _ scanner: borrowing BatchScanner,
    _ segment: SegmentFile
  ) throws(LogError) -> TailVerdict {
    let start = scanner.position
    do throws(SystemError) {
      let count = max(0, try segment.file.sizeBytes() - start)
      let tail = SegmentTail(
        try segment.file.bytes(at: start, count: count), from: start, check: segment.check,
        nextSequence: scanner.nextSequence)
      return tail.judge(finding, at: offset)
    } catch {
      throw .system(error, file: segment.name)
    }
  }

  private func isLast(_ index: Int) -> Bool {
    index == directory.segments.count - 1 && directory.unfinished == nil
  }

  private func cutExcess(behind end: Int, of segment: SegmentFile) throws(LogError) {
    do throws(SystemError) {
      guard try segment.file.dataEnd(from: end) > end else { return }
      mended.push(Mend(file: segment.name, offset: end, way: .excess, bytes: []))
    } catch {
      throw .system(error, file: segment.name)
    }
  }
}
