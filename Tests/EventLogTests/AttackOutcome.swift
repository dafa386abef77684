// What came of opening a log whose bytes were changed. There are three honest ends: the same events
// as before; a refusal that changes nothing and names a place; the log without what stood behind
// some commit. Whether the third is right is the test's question. Everything else is `wrong`, and
// no test accepts it.

import EventLog
import TestSupport
import Testing

/// The end of an attack.
enum AttackOutcome: Equatable {
  /// Every event, as before.
  case whole
  /// The events of the first so many batches.
  case first(batches: Int)
  /// Nothing was shown, and nothing changed.
  case refused(file: String, offset: Int, DamageKind)
  /// Something that must never happen.
  case wrong(String)
}

extension MixedLog {
  /// Opens a changed log in every way: for writing, looking on, and event by event.
  ///
  /// - Parameters:
  ///   - storage: The changed log.
  ///   - options: How it is opened.
  ///   - segments: The files whose events are read singly. None where checks were mended, as single
  ///     reads check no chain; all of them if nil.
  /// - Returns: what came of it; `wrong` when the ways of reading disagree.
  func outcome(
    _ storage: SimulatedStorage, _ options: LogOptions = options,
    readingSingly segments: [String]? = nil
  ) -> AttackOutcome {
    let looked = lookedOutcome(storage, options)
    let read = singleReadProblem(storage, segments ?? files.map(\.name))
    let opened = openedOutcome(storage, options)
    if let read { return .wrong(read) }
    switch (opened, looked.outcome) {
    case (.wrong, _): return opened
    case (_, .wrong): return looked.outcome
    case _ where opened == looked.outcome: return opened
    case (.refused(let file, let offset, let kind), _)
    where looked.ending == .suspect(segment: file, offset: offset, kind):
      // Who looks on cannot know whether it is being written; who holds the lock does.
      return opened
    default: return .wrong("opened as \(opened), but seen as \(looked)")
    }
  }

  /// Opens for writing; a log that opens takes a batch and keeps it over a power loss.
  private func openedOutcome(_ storage: SimulatedStorage, _ options: LogOptions) -> AttackOutcome {
    let changes = storage.changeCount
    do {
      var log = try LogUnderTest(storage, options)
      let seen = log.events
      try log.append("new")
      let again = try LogUnderTest(storage.imageAfterPowerLoss(), options).events
      guard Array(again.dropLast()) == seen, again.last?.text == "new" else {
        return .wrong("opened with \(seen.count) events, which a new batch did not follow")
      }
      return outcome(seen: seen)
    } catch {
      guard storage.changeCount == changes else { return .wrong("refused, after changes") }
      return outcome(refusal: error)
    }
  }

  /// Looks without the lock.
  private func lookedOutcome(
    _ storage: SimulatedStorage, _ options: LogOptions
  ) -> (outcome: AttackOutcome, ending: LogEnding?) {
    let changes = storage.changeCount
    var seen: [SeenEvent] = []
    do {
      let overview = try LogReading.read(storage, options: options) { seen.append(SeenEvent($0)) }
      guard storage.changeCount == changes else {
        return (.wrong("looking changed something"), nil)
      }
      guard overview.head?.lastSequence ?? 0 == UInt64(seen.count) else {
        return (.wrong("the head is not where the events end"), nil)
      }
      return (outcome(seen: seen), overview.ending)
    } catch {
      return (outcome(refusal: error), nil)
    }
  }

  /// Reads each event at its place: it is as it was, or it is refused.
  private func singleReadProblem(_ storage: SimulatedStorage, _ segments: [String]) -> String? {
    var reader = LogReader(storage: storage)
    for event in events where segments.contains(files[Int(event.location.segment) - 1].name) {
      do throws(LogError) {
        let read = try reader.read(at: event.location, sequence: event.sequence) { SeenEvent($0) }
        if read != event { return "event \(event.sequence) was read as another one" }
      } catch {
        continue
      }
    }
    return nil
  }

  private func outcome(seen: [SeenEvent]) -> AttackOutcome {
    guard seen.count < events.count else {
      return seen == events ? .whole : .wrong("\(seen.count) events, not those of before")
    }
    guard seen == Array(events.prefix(seen.count)) else {
      return .wrong("\(seen.count) events that are not the first of before")
    }
    if seen.isEmpty { return .first(batches: 0) }
    guard let batch = batches.firstIndex(where: { $0.eventsAtEnd == seen.count }) else {
      return .wrong("a part of a batch: \(seen.count) events")
    }
    return .first(batches: batch + 1)
  }

  private func outcome(refusal error: any Error) -> AttackOutcome {
    switch error {
    case ReplayError<Never>.log(.damaged(let file, let offset, let kind)):
      return .refused(file: file, offset: offset, kind)
    default: return .wrong("\(error)")
    }
  }
}
