// LEDGER.COMPACT and TOKEN.ERASE: what is to leave the log, and what is told of it. The work is the
// store's, a step at a time; the node carries it on. schema/protocol.md, "Compaction".
// Numbers only leave this: no byte of a secret, not even of one that is gone.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  /// The longest grace, a hundred years, in milliseconds.
  static let maximumGraceMilliseconds: Int64 = 3_155_760_000_000

  /// LEDGER.COMPACT.
  func compact(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    var request = compactionRequest(.dead, Origin(actor: session.actor))
    var grace: Int64?
    while !arguments.isAtEnd {
      let keyword = try arguments.keyword()
      switch keyword {
      case .dryrun where !request.isDryRun: request.isDryRun = true
      case .grace where grace == nil:
        grace = try arguments.integer("GRACE", in: 0...Self.maximumGraceMilliseconds)
      case .reason where request.origin.reason == nil:
        request.origin.reason = try arguments.reason()
      case .dryrun, .grace, .reason: throw .repeated(keyword)
      default: throw .unexpectedArgument(.ledgerCompact)
      }
    }
    request.graceMilliseconds = grace ?? request.graceMilliseconds
    return session.hasHeldReplies ? .wait : .compacting(request)
  }

  /// TOKEN.ERASE.
  func erase(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    var reason: Text?
    while !arguments.isAtEnd {
      guard arguments.take(.reason) else { throw .unexpectedArgument(.tokenErase) }
      guard reason == nil else { throw .repeated(.reason) }
      reason = try arguments.reason()
    }
    guard !session.hasHeldReplies, store.inFlightEvent(of: id) == nil else { return .wait }
    guard store.state.tokenEvenIfDeleted(id) != nil else { throw .notFound(id) }
    return .compacting(
      compactionRequest(.token(id), Origin(actor: session.actor, reason: reason)))
  }

  /// A request with the settings that hold now.
  func compactionRequest(
    _ scope: CompactionRequest.Scope, _ origin: Origin
  ) -> CompactionRequest {
    var request = CompactionRequest(scope, origin: origin)
    request.graceMilliseconds = settings.compaction.graceMilliseconds
    request.bytesPerSecond = scope == .dead ? settings.compaction.bytesPerSecond : 0
    request.validDuration = settings.validDuration
    return request
  }

  /// Writes what a compaction did.
  func write(
    _ summary: CompactionSummary, of request: CompactionRequest, into reply: inout ReplyWriter
  ) {
    guard case .dead = request.scope else {
      reply.writeInteger(1)
      return
    }
    let numbers: [(StaticString, Int)] = [
      ("segments", summary.segmentCount), ("rewritten", summary.rewrittenCount),
      ("secrets_erased", summary.secretCount), ("tokens_erased", summary.tokenCount),
      ("bytes_before", summary.bytesBefore), ("bytes_after", summary.bytesAfter),
    ]
    reply.writeMapHeader(pairCount: numbers.count)
    for (name, number) in numbers { reply.writePair(name, Int64(number)) }
  }
}

extension CommandError {
  /// What a client is told of a compaction that ended early.
  init(_ failure: CompactionFailure) {
    switch failure {
    case .rejected(let rejection): self = .rejected(rejection)
    case .store(let error): self = error.isDiskFull ? .diskFull : .unreadableLog(error)
    case .stopped: self = .readOnly
    }
  }
}
