// ASOF: the state after all events up to a moment, with that moment as "now".
// A moment behind the last event is answered from the present state; any other one waits until its
// state is rebuilt from the log, and is then carried out on that. Schema: schema/protocol.md,
// "As of".

import CryptoPrimitives
import LedgerStore
import RESP
import TokenLedger

/// From where a query looks at the tokens.
enum Viewpoint {
  /// From behind the last event: the present state.
  case present(Validity)
  /// From behind an earlier one: the past state at hand.
  case past(Validity)
  /// The request is carried out again later.
  case later(Outcome)
}

extension CommandExecutor {
  /// Takes `ASOF moment`; nil when the request ends here.
  func asOf(_ arguments: inout ArgumentReader) throws(CommandError) -> Moment? {
    guard !arguments.isAtEnd else { return nil }
    guard arguments.take(.asof) else { throw .unexpectedArgument(arguments.command) }
    let moment = try arguments.moment("ASOF")
    guard arguments.isAtEnd else { throw .unexpectedArgument(arguments.command) }
    return moment
  }

  /// From where a query as of `moment` looks.
  func viewpoint(_ moment: Moment) throws(CommandError) -> Viewpoint {
    try checkReached(moment)
    // What is in flight belongs to a moment that it came before.
    if let first = store.firstInFlightID, includes(moment, first) { return .later(.wait) }
    let last = try end(of: moment)
    if last == store.state.lastSequence {
      return .present(validity(moment, store.state.lastEventID))
    }
    let now = store.options.clock.monotonicMicroseconds
    if last == .zero { past.letGo() }
    if last == past.state.lastSequence {
      past.use(at: now)
      return .past(validity(moment, past.state.lastEventID))
    }
    if let failure = past.failure, failure.last == last { throw .unreadableLog(failure.error) }
    guard past.want(last) else { throw .tooManyMoments }
    return .later(.rebuilding(last))
  }

  /// Refuses moments that lie ahead: what is true then is not known.
  private func checkReached(_ moment: Moment) throws(CommandError) {
    let lastID = store.state.lastEventID
    let isAhead =
      switch moment {
      case .time(let time): time > store.now && EventID(firstAt: time) > lastID
      case .event(let id): id > lastID
      case .sequence(let sequence): sequence > store.state.lastSequence
      }
    guard !isAhead else { throw .momentAhead }
  }

  private func includes(_ moment: Moment, _ id: EventID) -> Bool {
    if case .time(let time) = moment { return id < EventID(firstBehind: time) }
    return false
  }

  /// What "now" is: the time asked for, or the last event's.
  private func validity(_ moment: Moment, _ lastID: EventID) -> Validity {
    let now =
      switch moment {
      case .time(let time): time
      case .event(let id): id.time
      case .sequence: lastID.time
      }
    return Validity(now: now, duration: settings.validDuration)
  }

  // MARK: LEDGER.DIGEST

  /// The digest of the state, present or past.
  func digest(
    _ arguments: inout ArgumentReader, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    guard let moment = try asOf(&arguments) else {
      reply.writeBulk(store.state.digest().hex)
      return .replied
    }
    switch try viewpoint(moment) {
    case .present: reply.writeBulk(store.state.digest().hex)
    case .past: reply.writeBulk(past.state.digest().hex)
    case .later(let outcome): return outcome
    }
    return .replied
  }

  // MARK: Rebuilding

  /// Begins to rebuild the next state that somebody waits for, unless one is being rebuilt.
  func beginRebuild() {
    guard !store.isRebuilding, let last = past.takeNext() else { return }
    past.failure = nil
    store.beginRebuild(past.takeState(before: last), through: last)
    rebuilding = last
  }

  /// Takes in the state that was being rebuilt, if it is there.
  ///
  /// - Returns: the last event of the moment that it is for.
  func finishRebuild() -> EventSequence? {
    guard let rebuilt = store.collectRebuilt(), let last = rebuilding.take() else { return nil }
    if let error = rebuilt.error { past.failure = (last, error) }
    past.put(rebuilt.takeState(), at: store.options.clock.monotonicMicroseconds)
    return last
  }
}

extension EventID {
  /// The time of the event, to the millisecond.
  fileprivate var time: UnixTime {
    UnixTime(clampingMicroseconds: Int64(clamping: min(milliseconds, .max / 1000)) * 1000)
  }
}
