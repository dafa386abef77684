// The same commands without a socket: for tools that work on a directory, and for tests. Everything
// is carried out at once: a write is on the disk when its reply is given. One sync serves all
// writes of a pipeline that nothing has to wait for. Owner: the thread that owns the store.

import Bytes
public import LedgerStore
import LinuxIO
import RESP
import TokenLedger

/// Commands on a ledger in this process, as its admin.
public final class LocalSession {
  private let executor: CommandExecutor
  private let session: Session
  private var scratch = QueryScratch()

  /// Works on `store`, which must not have a commit thread.
  public init(store: LedgerStore, settings: ServerSettings) {
    precondition(store.commitDescriptor == nil, "a local session commits by itself")
    executor = CommandExecutor(store: store, settings: settings)
    session = Session(
      number: 1,
      peer: PeerCredentials(process: .current, user: .current, group: .current), groups: [],
      connected: store.now, role: .admin, version: .three)
  }

  /// Carries out a command, its name first, and gives the reply in RESP3.
  ///
  /// A failure of the log is a reply too, as on the socket. Where the socket would block, the reply
  /// is null.
  ///
  /// - Complexity: that of the command; a long history is in memory as a whole.
  public func call(_ arguments: [[UInt8]]) -> [UInt8] {
    pipeline([arguments])[0]
  }

  /// Carries out commands in order, waiting for the disk once for as many writes as possible.
  ///
  /// - Returns: the replies in RESP3, one a command.
  public func pipeline(_ commands: [[[UInt8]]]) -> [[UInt8]] {
    var replies: [[UInt8]] = []
    var held: [HeldReply] = []
    for command in commands {
      while true {
        session.hasHeldReplies = !held.isEmpty
        var reply = ReplyWriter(version: session.version)
        let outcome = execute(command, &reply)
        if case .wait = outcome {
          precondition(!held.isEmpty, "only a write of this session can be in flight")
          commit(&held, &replies)
          continue
        }
        if case .rebuilding = outcome {
          executor.beginRebuild()
          _ = executor.finishRebuild()
          continue
        }
        if case .held(let sequence, let answer) = outcome {
          held.append(HeldReply(sequence: sequence, answer: answer))
        } else {
          finish(outcome, &reply)
        }
        replies.append(reply.bytes)
        break
      }
    }
    commit(&held, &replies)
    return replies
  }

  private func execute(_ command: [[UInt8]], _ reply: inout ReplyWriter) -> Outcome {
    executor.beginTurn()
    var writer = RequestWriter()
    writer.write(command)
    let request = writer.bytes
    var parser = RequestParser(limits: executor.settings.limits.request)
    var offset = 0
    switch parser.next(request.span, at: &offset) {
    case .request:
      return executor.execute(
        parser.request(in: request.span), for: session, on: executor.store.state, with: &scratch,
        into: &reply)
    case .failure(let error): reply.writeError("ERR " + error.description)
    case .needMore: reply.writeError("ERR a command has a name")
    }
    return .replied
  }

  /// Writes the rest of a reply that the socket would write later.
  private func finish(_ outcome: Outcome, _ reply: inout ReplyWriter) {
    switch outcome {
    case .streaming(var cursor):
      do throws(StoreError) {
        while !cursor.isDone { try cursor.writeSlice(of: executor.store, into: &reply) }
      } catch {
        reply.removeAll()
        reply.writeError(CommandError.unreadableLog(error).text)
      }
    case .blocked: reply.writeNull()
    case .taking: reply.writeArrayHeader(count: 0)
    case .awaiting(let wait): answer(wait, &reply)
    case .compacting(let request):
      do throws(CompactionFailure) {
        executor.write(try executor.store.compact(request), of: request, into: &reply)
      } catch {
        executor.writeError(CommandError(error), &reply)
      }
    case .snapshotting:
      executor.write(
        Result { () throws(StoreError) in try executor.store.makeSnapshot() }, into: &reply)
    case .shutdown: reply.writeSimple("OK")
    case .replied, .held, .wait, .rebuilding, .close: break
    }
  }

  /// Answers a wait; nobody but this session could take jobs, so one that has some is in vain.
  private func answer(_ wait: JobWait, _ reply: inout ReplyWriter) {
    guard wait.isComplete else {
      executor.forget(wait)
      executor.writeError(.timeout, &reply)
      return
    }
    guard !executor.answer(wait, session, &reply) else { return }
    let failure = commit()
    guard failure != nil || !executor.answer(wait, session, &reply) else { return }
    executor.forget(wait)
    executor.writeError(failure ?? .readOnly, &reply)
  }

  /// Makes what is pending durable.
  ///
  /// - Returns: why it is not, if so.
  private func commit() -> CommandError? {
    do throws(StoreError) { try executor.store.commit() } catch {
      executor.abandonJobs()
      if error.isDiskFull { return .diskFull }
      executor.hasFailed = true
      return .readOnly
    }
    executor.settleJobs()
    return nil
  }

  /// Makes what is pending durable, and fills in the replies that waited for it: the last ones.
  private func commit(_ held: inout [HeldReply], _ replies: inout [[UInt8]]) {
    guard !held.isEmpty else { return }
    let failure = commit()
    let first = replies.count - held.count
    for (index, held) in held.enumerated() {
      var reply = ReplyWriter(version: session.version)
      if held.sequence <= executor.store.state.lastSequence {
        executor.write(held.answer, into: &reply)
      } else {
        reply.writeError((failure ?? .readOnly).text)
      }
      replies[first + index] = reply.bytes
    }
    held.removeAll()
  }
}
