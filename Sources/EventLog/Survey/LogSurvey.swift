// A look at everything that stands in a log, for the operator: unlike a replay it goes on behind
// damage, and gives a complete list. It takes no lock, changes nothing and prints nothing, and may
// run beside a daemon that appends.
//
// Cost: the log is read once in chunks of 1 MiB; CRC-32C and SHA-256 over every byte. In memory:
// one batch, and the last segment's tail.

internal import Bytes
internal import LinuxIO

/// Surveys logs.
public enum LogSurvey {
  /// At most this many findings are kept; more are only counted.
  public static let findingLimit = 10_000

  /// Reads every frame of every segment.
  ///
  /// - Parameters:
  ///   - storage: The log's directory.
  ///   - patience: How long to wait for a write that may be under way.
  ///   - visit: Sees every piece of every segment in order, with the body of an event; the span is
  ///     empty for other pieces.
  /// - Returns: what was found.
  /// - Throws: `ReplayError.log` with `system`; or what `visit` threw.
  /// - Complexity: O(size of the log).
  public static func run<Failure: Error>(
    _ storage: any LogStorage, patience: SurveyPatience = SurveyPatience(),
    _ visit: (Sighting, RawSpan) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) -> SurveyReport {
    var pass: SurveyPass
    do throws(LogError) { pass = try SurveyPass(storage, patience) } catch { throw .log(error) }
    for index in pass.directory.segments.indices {
      try pass.readSegment(index, visit)
    }
    do throws(LogError) { try pass.noteSurroundings() } catch { throw .log(error) }
    return pass.finish()
  }
}

/// A survey under way.
private struct SurveyPass: ~Copyable {
  let storage: any LogStorage
  let patience: SurveyPatience
  let directory: LogDirectory
  var trail = SurveyTrail()

  init(_ storage: any LogStorage, _ patience: SurveyPatience) throws(LogError) {
    self.storage = storage
    self.patience = patience
    directory = try LogDirectory(storage)
  }

  /// Reads the segment at `index` of the directory.
  mutating func readSegment<Failure: Error>(
    _ index: Int, _ visit: (Sighting, RawSpan) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) {
    let opening: SurveyedHeader
    do throws(LogError) {
      opening = try SurveyedHeader.read(
        directory.segments[index], in: storage, trail)
    } catch {
      throw .log(error)
    }
    start(opening)
    try show(opening.sighting, visit)
    guard let segment = opening.segment else { return }
    let isLast = index == directory.segments.count - 1 && directory.unfinished == nil
    var survey = SegmentSurvey(
      segment, isLast: isLast, nextSequence: trail.nextSequence, patience: patience)
    while true {
      let next: SegmentSurvey.Step?
      do throws(LogError) { next = try survey.next() } catch { throw .log(error) }
      guard let step = next else { return }
      try take(step, of: &survey, isLast: isLast, visit)
    }
  }

  /// Notes what a header says, and what is wrong with it.
  private mutating func start(_ opening: SurveyedHeader) {
    if let fault = opening.fault {
      trail.add(
        .damage(fault.kind), in: opening.name, at: fault.offset, sizeBytes: fault.sizeBytes)
    }
    trail.start(
      SurveyedSegment(
        file: opening.name, number: opening.header?.number, sizeBytes: opening.sizeBytes),
      header: opening.header)
  }

  private mutating func take<Failure: Error>(
    _ step: SegmentSurvey.Step, of survey: inout SegmentSurvey, isLast: Bool,
    _ visit: (Sighting, RawSpan) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) {
    let segment = survey.source.segment
    switch step {
    case .run(let run):
      try take(run, of: survey.source, visit)
      survey.nextSequence = trail.nextSequence
    case .gap(let range, let kind):
      trail.add(.damage(kind), in: segment.name, at: range.lowerBound, sizeBytes: range.count)
      try show(segment.sighting(range, .damage(kind)), visit)
    case .torn(let range):
      trail.add(.tornTail, in: segment.name, at: range.lowerBound, sizeBytes: range.count)
      try show(segment.sighting(range, .torn), visit)
    case .room(let range):
      let isSealed = trail.isSealed
      if !isLast && !isSealed {
        trail.add(.damage(.missingTrailer), in: segment.name, at: range.lowerBound, sizeBytes: 0)
      }
      trail.updateSegment {
        $0.roomBytes = range.count
        $0.sizeBytes = range.upperBound
      }
      if !range.isEmpty { try show(segment.sighting(range, .zeros), visit) }
    }
  }

  private func show<Failure: Error>(
    _ sighting: Sighting, _ visit: (Sighting, RawSpan) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) {
    do throws(Failure) { try visit(sighting, RawSpan()) } catch { throw .visitor(error) }
  }

  /// Notes the tails beside the log, what was never finished, and what does not belong there.
  mutating func noteSurroundings() throws(LogError) {
    if let name = directory.unfinished {
      trail.add(.unfinishedSegment, in: name, at: 0, sizeBytes: 0)
    }
    let known = Set(directory.segments + directory.temporaries + directory.torn)
      .union([directory.unfinished].compactMap { $0 })
    let names: [String]
    do throws(SystemError) { names = try storage.names() } catch {
      throw .system(error, file: "")
    }
    // What came since the directory was listed is the business of who made it.
    let foreign = names.filter { !known.contains($0) && !SegmentName.isOurs($0) }
    let tails = try LogMending(storage: storage, directory: directory).keptTails()
    trail.setSurroundings(tails, foreignNames: foreign)
  }

  consuming func finish() -> SurveyReport { trail.finish() }
}

extension SurveyPass {
  /// Shows a run's frames, and compares its end with them.
  fileprivate mutating func take<Failure: Error>(
    _ run: FrameRun, of source: borrowing SegmentSource,
    _ visit: (Sighting, RawSpan) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) {
    let name = source.segment.name
    let judged = source.judge(run, trail)
    if let kind = judged.fault { note(kind, at: run, in: name) }
    trail.read(run.eventCount, from: judged.firstSequence)
    if case .commit(let record, _) = run.ending {
      trail.setChain(record.chain)
      if judged.isWhole { trail.updateSegment { $0.batchCount += 1 } }
    }
    if case .trailer(let record, _) = run.ending {
      trail.resume(at: record.lastSequence &+ 1)
      trail.setChain(record.chain)
      trail.updateSegment { $0.isSealed = true }
    }
    do throws(Failure) {
      try source.forEachSighting(of: run, judged, visit)
    } catch {
      throw .visitor(error)
    }
  }

  private mutating func note(_ kind: DamageKind, at run: FrameRun, in file: String) {
    trail.add(
      .damage(kind), in: file, at: run.eventsEnd, sizeBytes: LogFormat.recordFrameSizeBytes)
  }
}
