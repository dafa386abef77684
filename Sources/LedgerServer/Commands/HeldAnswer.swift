// What a write is answered once its events are durable. Decided with the events, written later: the
// jobs of a worker are shown from the state that has their leases.
// Owner: the loop's thread.

import LedgerStore
import RESP
import TokenLedger

/// The answer to a write, kept until its events are durable.
enum HeldAnswer {
  case integer(Int64)
  case null
  /// The events tell why the request was refused, and so does the reply.
  case error(CommandError)
  /// The jobs of a worker, whose leases the events grant.
  case jobs([WorkerJob])
}

/// What a worker is to ask the SSO.
enum WorkerJob {
  case refresh(RefreshJob)
  case login(LoginJob)
  case revocation(RevocationJob)
}

/// One refresh to be made.
struct RefreshJob: Equatable {
  var token: TokenID
  /// The lease that it is made under.
  var fence: EventSequence
}

/// One code to be exchanged.
struct LoginJob {
  /// Names the exchange when it is told of.
  var number: Int64
  var code: Text
  /// Where the SSO sent the code.
  var redirectAddress: String
  /// What proves that the code is ours; nil: the client's own secret does.
  var verifier: String?
}

/// One refresh token to be revoked.
struct RevocationJob {
  var token: TokenID
  var refresh: [UInt8]
}

extension CommandExecutor {
  /// Writes an answer whose events are durable.
  func write(_ answer: HeldAnswer, into reply: inout ReplyWriter) {
    switch answer {
    case .integer(let value): reply.writeInteger(value)
    case .null: reply.writeNull()
    case .error(let error): writeError(error, &reply)
    case .jobs(let jobs):
      let mark = reply.count
      do throws(CommandError) { try write(jobs, &reply) } catch {
        reply.truncate(to: mark)
        writeError(error, &reply)
      }
    }
  }

  func writeError(_ error: CommandError, _ reply: inout ReplyWriter) {
    figures.errorsReplied += 1
    reply.writeError(error.text)
  }

  private func write(
    _ jobs: [WorkerJob], _ reply: inout ReplyWriter
  ) throws(CommandError) {
    reply.writeArrayHeader(count: jobs.count)
    for job in jobs {
      switch job {
      case .refresh(let job): try write(job, &reply)
      case .login(let job): write(job, &reply)
      case .revocation(let job):
        reply.writeMapHeader(pairCount: 2)
        reply.writePair("revocation", job.token.rawValue)
        reply.writeBulk("refresh_token")
        reply.writeBulk(job.refresh)
      }
    }
  }

  private func write(
    _ job: RefreshJob, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    guard let token = store.state.token(job.token), token.lease?.fence == job.fence
    else { preconditionFailure("a lease is the token's as soon as it is durable") }
    reply.writeMapHeader(pairCount: 5)
    reply.writePair("token", job.token.rawValue)
    reply.writePair("fence", Int64(job.fence.rawValue))
    reply.writeBulk("refresh_token")
    try write(token.refresh, of: job.token, &reply)
    reply.writePair("owner_hash", token.ownerHash.string)
    reply.writePair("attempt", Int64(token.lease?.lease.attempt ?? 0))
  }

  private func write(_ job: LoginJob, _ reply: inout ReplyWriter) {
    reply.writeMapHeader(pairCount: 4)
    reply.writePair("login", job.number)
    reply.writeBulk("code")
    reply.writeBulk(job.code.utf8)
    reply.writePair("redirect_uri", job.redirectAddress)
    reply.writeBulk("code_verifier")
    if let verifier = job.verifier {
      reply.writeBulk(Array(verifier.utf8))
    } else {
      reply.writeNull()
    }
  }
}
