// Opening a ledger: the log read and checked, the facts decoded, the state folded; each layer
// beside read(2) of the same bytes (page cache warm). Targets: design section 7, 5 M events a
// second into full projections, which is 200 ns an event.

import EventLog
import TokenLedger

/// Replays one log through more and more of the house.
enum ReplaySuite {
  static func run(_ session: Session) throws {
    let data = try session.directory.makeDirectory("replay").path
    let log = try SampleLog(data: data, eventCount: session.options.eventCount)
    session.figure("events", Double(log.eventCount), "")
    session.figure("log", Double(log.sizeBytes) / 1e6, "MB")
    try check(session, log)
    let contest = try session.contest(
      "replay, page cache warm",
      subjects: [frames(log), facts(log), fold(log)], rivals: [plainRead(log)])
    let nanoseconds = contest.subjects[2].processorTimes.median
    session.figure("replay, CPU time an event", nanoseconds, "ns", limit: 200)
  }

  private static func check(_ session: Session, _ log: SampleLog) throws {
    let state = try folded(log)
    try session.check(
      state.lastSequence.rawValue == UInt64(log.eventCount), "the log holds other events")
    session.keep(state.tokenCount)
    session.keep(state.deletedCount)
    session.keep(state.scopeSetCount)
  }

  private static func frames(_ log: SampleLog) -> Side {
    .bulk("frames checked, no facts", count: log.eventCount) {
      var bytes = 0
      _ = try LogReading.read(try log.storage()) { event throws(LogError) in
        bytes &+= event.facts.byteCount
      }
      Checksum.consume(UInt64(bytes))
    }
  }

  private static func facts(_ log: SampleLog) -> Side {
    .bulk("frames and facts decoded", count: log.eventCount) {
      var last = EventSequence.zero
      _ = try LogReading.read(try log.storage()) { event throws(EventDecodingError) in
        last = try Event(facts: event.facts, sequence: EventSequence(event.sequence)).sequence
      }
      Checksum.consume(last.rawValue)
    }
  }

  private static func fold(_ log: SampleLog) -> Side {
    .bulk("… and folded into LedgerState", count: log.eventCount) {
      Checksum.consume(UInt64(try folded(log).tokenCount))
    }
  }

  private static func folded(_ log: SampleLog) throws -> LedgerState {
    var state = LedgerState(seed: Random.fixedSeed)
    _ = try LogReading.read(try log.storage()) { (event) throws(MisfitEvent) in
      guard
        let decoded = try? Event(facts: event.facts, sequence: EventSequence(event.sequence))
      else { preconditionFailure("the benchmark's own log holds good facts") }
      try state.apply(decoded)
    }
    return state
  }

  private static func plainRead(_ log: SampleLog) -> Side {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    return .bulk("read(2) of the same bytes", count: log.eventCount) {
      Checksum.consume(UInt64(try log.readBytes(into: &buffer)))
    }
  }
}
