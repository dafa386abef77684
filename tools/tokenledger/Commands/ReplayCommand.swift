// `tokenledger replay`: the log folded again, event by event, on the directory alone, also beside a
// daemon. The same log gives the same lines and the same digests on every run.
// What damage leaves readable is replayed and shown before the damage is told.

import EventLog
import LedgerStore
import RESP
import TokenLedger

/// The subcommand `replay`.
enum ReplayCommand {
  /// Carries out what the flags ask for.
  static func run(_ session: Session) throws -> ExitCode {
    let arguments = session.arguments
    try checkCombination(arguments)
    try DirectoryEndpoint.checkExistence(of: session.directory)
    let span = try ReplaySpan(arguments)
    if arguments.has(.step) { return try step(session, span) }
    if let socket = arguments.value(.check) { return try ReplayCheck.run(session, socket) }
    if let target = arguments.value(.into) { return try copy(session, span, to: target) }
    let replayed = ReplayedState()
    var differences = arguments.has(.diff) ? ReplayDifference() : nil
    var isStopped = false
    try replay(session, span, into: replayed) { step in
      guard span.shows(step) else { return true }
      differences?.note(step)
      isStopped = span.stops(at: step)
      if arguments.has(.trace) || isStopped { try show(step, session) }
      if let every = arguments.integer(.digestEvery),
        step.event.sequence.rawValue % UInt64(every) == 0
      {
        try showDigest(replayed, session)
      }
      return !isStopped
    }
    if let differences {
      try differences.show(replayed, session)
    } else {
      try ReplaySummary.show(replayed, session)
    }
    return span.condition != nil && !isStopped ? .failed : .done
  }

  /// Refuses flags that would mean nothing beside the way to look that was chosen.
  private static func checkCombination(_ arguments: Arguments) throws(UsageError) {
    let meaningless: [(way: FlagName, others: [FlagName])] = [
      (.diff, [.digestEvery]), (.step, [.digestEvery, .json]),
      (.into, [.from, .token, .break, .digestEvery]),
      (.check, [.from, .until, .token, .break, .digestEvery]),
    ]
    for (way, others) in meaningless where arguments.has(way) {
      for other in others where arguments.has(other) { throw .excluded(other, by: way) }
    }
    guard !arguments.has(.withSecrets) || arguments.has(.into) else {
      throw .missingFlag(.into, placeholder: "NEWDIR", .replay)
    }
  }

  /// Folds the log into `replayed`, and shows each step to `visit` until that has seen enough.
  static func replay(
    _ session: Session, _ span: ReplaySpan, into replayed: ReplayedState,
    _ visit: (ReplayStep) throws -> Bool
  ) throws {
    var failure: (any Error)?
    do throws(StoreError) {
      try LedgerStore.replay(session.directory) { event, location throws(StoreError) in
        guard span.takes(event) else { return false }
        let step = try replayed.take(event, at: location)
        session.progress.show("events", Int(event.sequence.rawValue), of: nil)
        do { return try visit(step) } catch { failure = error }
        return false
      }
    } catch {
      session.progress.finish()
      throw EndpointError(error, directory: session.directory)
    }
    session.progress.finish()
    if let failure { throw failure }
  }

  private static func show(_ step: ReplayStep, _ session: Session) throws {
    try session.arguments.has(.json)
      ? session.write(step.json) : session.console.writeLine(step.line)
  }

  private static func showDigest(_ replayed: ReplayedState, _ session: Session) throws {
    let sequence = replayed.state.lastSequence.rawValue
    guard session.arguments.has(.json) else {
      return try session.console.writeLine("#\(sequence) digest \(replayed.digest)")
    }
    try session.write(
      .members(["seq": .integer(Int64(sequence)), "digest": .string(replayed.digest)]))
  }

  // MARK: Steps

  private static func step(_ session: Session, _ span: ReplaySpan) throws -> ExitCode {
    let replayed = ReplayedState()
    let stepper = Stepper(session, replayed, span)
    try replay(session, span, into: replayed) { step in try stepper.stop(at: step) }
    try stepper.finish()
    return .done
  }

  // MARK: Copies

  private static func copy(
    _ session: Session, _ span: ReplaySpan, to target: String
  ) throws -> ExitCode {
    let replayed = ReplayedState()
    var ledger: LedgerID?
    do throws(StoreError) {
      ledger = try LedgerStore.replay(session.directory) { event, location throws(StoreError) in
        if span.takes(event) { _ = try replayed.take(event, at: location) }
        return true
      }
    } catch {
      throw EndpointError(error, directory: session.directory)
    }
    guard let ledger, replayed.last != nil
    else { throw EndpointError.noLedger(directory: session.directory) }
    try ReplayCopy.write(
      session, to: target, ledger: ledger, through: replayed.state.lastSequence)
    try ReplaySummary.show(replayed, session)
    return .done
  }
}
