// One segment under survey: frame after frame, and behind damage the next frame whose checks are
// right. A frame is bound to its segment and its place, so whatever passes both checks behind
// damage was written there, and by a writer of this log.
//
// Frames are given out in runs, each up to a commit or a trailer, because only the commit says
// which sequences its events have. A run stays in memory until the next one is asked for.
//
// Cost: a damaged range costs one check of 16 bytes for each 8 of it.

internal import Bytes
internal import LinuxIO

/// Frames without a gap whose checks are right, the last one perhaps a commit or a trailer.
struct FrameRun: Equatable {
  /// What ends a run.
  enum Ending: Equatable {
    case commit(CommitRecord, offset: Int)
    case trailer(TrailerRecord, offset: Int)
    /// Nothing: what follows cannot be read, or is too far away.
    case none
  }

  let start: Int
  /// Where the events end.
  let eventsEnd: Int
  let eventCount: Int
  let ending: Ending
}

/// Reads one segment to its end, through whatever damage there is.
struct SegmentSurvey: ~Copyable {
  /// The next piece of the segment.
  enum Step {
    /// Good frames.
    case run(FrameRun)
    /// Bytes in which nothing can be read; none of them where something is missing.
    case gap(Range<Int>, DamageKind)
    /// What an interrupted write left, or one that is under way.
    case torn(Range<Int>)
    /// Room, up to the end of the file.
    case room(Range<Int>)
  }

  private(set) var source: SegmentSource
  private let isLast: Bool
  private let patience: SurveyPatience
  /// Where the next frame is expected.
  private var position = LogFormat.headerSizeBytes
  /// Whether `position` is behind a commit or the header, so that a batch starts there.
  private var isBetweenBatches = true
  private var hasTrailer = false
  private var isOver = false
  /// How often this place was looked at without finding a frame.
  private var looks = 0
  /// The sequence of the batch that starts at `position`, for the judgement of a torn tail.
  var nextSequence: UInt64

  init(_ segment: SegmentFile, isLast: Bool, nextSequence: UInt64, patience: SurveyPatience) {
    source = SegmentSource(segment, chunkSizeBytes: Replay.chunkSizeBytes)
    self.isLast = isLast
    self.nextSequence = nextSequence
    self.patience = patience
  }

  /// The next piece, or nil behind the last one.
  mutating func next() throws(LogError) -> Step? {
    while !isOver {
      if hasTrailer { return try stepBehindTrailer() }
      let run = try readRun()
      if let finding = run.stop {
        guard let step = try step(run.frames, finding) else { continue }
        return step
      }
      return take(run.frames)
    }
    return nil
  }

  /// Moves behind a run.
  private mutating func take(_ run: FrameRun) -> Step {
    looks = 0
    isBetweenBatches = false
    position = run.eventsEnd
    switch run.ending {
    case .commit:
      position += LogFormat.recordFrameSizeBytes
      isBetweenBatches = true
    case .trailer:
      position += LogFormat.recordFrameSizeBytes
      hasTrailer = true
    case .none: break
    }
    return .run(run)
  }

  /// Reads good frames from `position` on, up to a commit, a trailer, or what stops it.
  private mutating func readRun() throws(LogError) -> (frames: FrameRun, stop: FrameFinding?) {
    var offset = position
    var count = 0
    while offset - position <= LogFormat.maximumBatchSizeBytes {
      let finding = try source.frame(at: offset, keepingFrom: position)
      guard case .good(let head) = finding else {
        return (frames(to: offset, count, .none), finding)
      }
      switch head.kind {
      case .event:
        offset += head.frameSizeBytes
        count += 1
      case .commit:
        let record = CommitRecord(
          decoding: source.body(ofFrameAt: offset, LogFormat.recordBodySizeBytes))
        return (frames(to: offset, count, .commit(record, offset: offset)), nil)
      case .trailer:
        let record = TrailerRecord(
          decoding: source.body(ofFrameAt: offset, LogFormat.recordBodySizeBytes))
        return (frames(to: offset, count, .trailer(record, offset: offset)), nil)
      }
    }
    return (frames(to: offset, count, .none), nil)
  }

  private func frames(to end: Int, _ count: Int, _ ending: FrameRun.Ending) -> FrameRun {
    FrameRun(start: position, eventsEnd: end, eventCount: count, ending: ending)
  }

  /// What it means that no frame follows `run`; nil to look again.
  ///
  /// In the last segment somebody may be writing: `schema/log.md` section 4 has the judgement.
  private mutating func step(_ run: FrameRun, _ finding: FrameFinding) throws(LogError) -> Step? {
    let end = try dataEnd(from: run.start)
    if isLast && isBetweenBatches {
      looks += 1
      if looks == 1 && patience.looks > 1 {
        source.forget()
        return nil
      }
      let size = max(0, try source.segment.sizeBytes() - run.start)
      let bytes = try bytes(at: run.start, count: size)
      let tail = SegmentTail(
        bytes, from: run.start, check: source.segment.check, nextSequence: nextSequence)
      switch tail.judge(finding, at: run.eventsEnd) {
      case .clean: return try finish(at: run.start)
      case .torn(let end):
        position = end
        isBetweenBatches = false
        return .torn(run.start..<end)
      case .damaged(_, _, let isProven):
        if looks < patience.looks && !(isProven && looks > 2) {
          patience.pause()
          source.forget()
          return nil
        }
      }
    }
    if run.eventCount > 0 { return take(run) }
    return run.start >= end ? try finish(at: run.start) : try gap(finding, from: run.start, to: end)
  }

  /// Passes over what cannot be read, up to the next good frame or the end of the data.
  private mutating func gap(
    _ finding: FrameFinding, from start: Int, to end: Int
  ) throws(LogError) -> Step {
    var offset = LogFormat.alignedUp(start + 1, to: LogFormat.frameAlignmentBytes)
    while offset < end {
      if case .good = try source.frame(at: offset, keepingFrom: offset) { break }
      offset += LogFormat.frameAlignmentBytes
    }
    position = min(offset, end)
    isBetweenBatches = false
    looks = 0
    return .gap(start..<position, SegmentTail.damage(finding))
  }

  /// Ends the segment, behind which only zeros stand.
  private mutating func finish(at offset: Int) throws(LogError) -> Step? {
    isOver = true
    let size = try source.segment.sizeBytes()
    return .room(offset..<max(offset, size))
  }

  private mutating func stepBehindTrailer() throws(LogError) -> Step? {
    let end = try dataEnd(from: position)
    guard end > position else { return try finish(at: position) }
    let range = position..<end
    position = end
    return .gap(range, .dataBehindTrailer)
  }

  /// The offset behind the last byte that is not zero, or `start` when there is none behind it.
  private func dataEnd(from start: Int) throws(LogError) -> Int {
    do throws(SystemError) {
      return try source.segment.file.dataEnd(from: start)
    } catch {
      throw .system(error, file: source.segment.name)
    }
  }

  private func bytes(at offset: Int, count: Int) throws(LogError) -> [UInt8] {
    do throws(SystemError) {
      return try source.segment.file.bytes(at: offset, count: count)
    } catch {
      throw .system(error, file: source.segment.name)
    }
  }
}

/// How long a survey waits for a write that may be under way.
public struct SurveyPatience: Sendable {
  /// How often the end of the log is looked at before bytes there are called damage.
  public var looks: Int
  /// What is done between two looks.
  public var pause: @Sendable () -> Void

  /// As often as a start's reader looks, without a pause.
  public init(looks: Int = 3, pause: @escaping @Sendable () -> Void = {}) {
    self.looks = looks
    self.pause = pause
  }
}
