// One client's turn: receive, parse and carry out everything that came, send everything at once.
// Invariant: replies leave in the order of the requests. A request that cannot be answered yet
// stays unparsed in the inbox, and everything behind it waits. Cost: one recv and one send,
// whatever was pipelined; requests that came whole are not copied.

import Bytes
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension Node {
  /// A connection's wire is ready.
  func serve(_ connection: Connection, _ event: PollEvent) {
    // Nobody is left to take a reply, and nothing will be read: an end is reported again and again
    // whatever is watched for, and must not keep the loop busy.
    if event.isClosed, !connection.interest.contains(.readable) {
      close(connection)
      return
    }
    if event.isPeerFinished, connection.pause?.isForPeer == true {
      close(connection)
      return
    }
    if event.isWritable, !connection.output.isEmpty {
      send(connection)
      if !connection.output.isEmpty || connection.isEnding { return settle(connection) }
      carryOutBuffered(connection)
    }
    if event.isReadable, connection.interest.contains(.readable) { receive(connection) }
    settle(connection)
  }

  // MARK: Input

  private func receive(_ connection: Connection) {
    // The buffer is taken out, so that the rest of the server can change while spans look into it.
    var buffer = exchange(&receiveBuffer, with: [])
    defer { receiveBuffer = buffer }
    switch receive(connection, into: &buffer) {
    case .wouldBlock: return
    case .closed: finish(connection)
    case .transferred(let count):
      carryOut(connection, buffer.span.extracting(0..<count))
    }
  }

  private func receive(_ connection: Connection, into buffer: inout [UInt8]) -> Transfer {
    do throws(SystemError) {
      var bytes = buffer.mutableSpan
      // Safety: a span of bytes has no padding, and any byte may be written.
      var room = unsafe bytes.mutableBytes
      return try connection.wire.receive(into: &room)
    } catch {
      log.write(.debug, "receive", [("error", error.description)])
      return .closed
    }
  }

  /// The peer has sent its last byte; what it asked for is still answered.
  private func finish(_ connection: Connection) {
    connection.isPeerFinished = true
    guard connection.pause == nil, connection.held.isEmpty, !connection.hasLeftRequests
    else { return }
    connection.isEnding = true
  }

  /// Carries out the requests in what was received just now, in place if nothing was left before.
  private func carryOut(_ connection: Connection, _ received: Span<UInt8>) {
    var inbox = connection.takeInbox()
    if inbox.bytes.isEmpty {
      let used = carryOut(connection, &inbox.parser, received)
      inbox.bytes.append(received.extracting(used..<received.count))
    } else {
      inbox.bytes.append(received)
      carryOutBuffered(connection, &inbox)
    }
    connection.putBack(inbox)
    flushReplies(to: connection)
    if connection.hasLeftRequests && connection.output.isEmpty { carryOutBuffered(connection) }
  }

  /// Carries out the requests that were received and left.
  ///
  /// It goes on for as long as the client takes all that it is sent: where nothing waits to be
  /// sent, nothing would wake the connection.
  func carryOutBuffered(_ connection: Connection) {
    guard connection.isReadyForRequest else { return }
    repeat {
      var inbox = connection.takeInbox()
      carryOutBuffered(connection, &inbox)
      connection.putBack(inbox)
      flushReplies(to: connection)
    } while connection.hasLeftRequests && connection.output.isEmpty && !connection.isEnding
    if connection.isPeerFinished { finish(connection) }
  }

  private func carryOutBuffered(_ connection: Connection, _ inbox: inout Inbox) {
    var bytes = exchange(&inbox.bytes, with: ByteQueue())
    bytes.removeFirst(carryOut(connection, &inbox.parser, bytes.span))
    inbox.bytes = bytes
  }

  /// Carries out requests until there are none, or the connection has to pause.
  ///
  /// Reply and scratch are taken out for the turn: what is handed down is checked for exclusive
  /// access by the compiler, what stays in a class's property at run time, for every request.
  ///
  /// - Returns: how many bytes are done with; a request that has to wait stays among the others.
  private func carryOut(
    _ connection: Connection, _ parser: inout RequestParser, _ bytes: Span<UInt8>
  ) -> Int {
    connection.hasLeftRequests = false
    guard !isStopping else { return 0 }
    var reply = exchange(&self.reply, with: ReplyWriter())
    guard var scratch = self.scratch.take() else { preconditionFailure("a turn within a turn") }
    reply.version = connection.session.version
    executor.beginTurn()
    let done = carryOut(connection, &parser, bytes, store.state, &scratch, &reply)
    self.scratch = scratch
    self.reply = reply
    return done
  }

  private func carryOut(
    _ connection: Connection, _ parser: inout RequestParser, _ bytes: Span<UInt8>,
    _ state: borrowing LedgerState, _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) -> Int {
    let room = executor.settings.limits.maximumUnsentBytes - connection.output.count
    var offset = 0
    while connection.isReadyForRequest, reply.count <= room {
      let start = offset
      switch parser.next(bytes, at: &offset) {
      case .needMore: return offset
      case .failure(let error):
        if connection.held.isEmpty {
          reply.writeError("ERR " + error.description)
          connection.isEnding = true
        } else if !take(.wait, connection, &reply) {
          parser.reset()
          return start
        }
      case .request:
        let outcome = executor.execute(
          parser.request(in: bytes), for: connection.session, on: state, with: &scratch,
          into: &reply)
        if case .replied = outcome { continue }
        if take(outcome, connection, &reply) { continue }
        parser.reset()
        return start
      }
    }
    connection.hasLeftRequests = connection.isReadyForRequest && offset < bytes.count
    return offset
  }

  /// Does what a request came to.
  ///
  /// - Returns: whether the request is done with; else it is carried out again later.
  private func take(
    _ outcome: Outcome, _ connection: Connection, _ reply: inout ReplyWriter
  ) -> Bool {
    switch outcome {
    case .replied: break
    case .held(let sequence, let answer):
      hold(HeldReply(sequence: sequence, answer: answer), connection, &reply)
    case .wait:
      connection.pause = .commit
      waitForCommit(connection)
      return false
    case .rebuilding(let last):
      connection.pause = .rebuilding(last)
      rebuilding.append(connection)
      return false
    case .streaming(let cursor):
      connection.pause = .streaming(cursor)
      streaming.append(connection)
    case .blocked(let wait):
      connection.pause = .blocked(wait)
      blocked.append(connection)
    case .awaiting(let wait):
      connection.pause = .awaiting(wait)
      awaiting.append(connection)
    case .taking(let wait):
      connection.pause = .taking(wait)
      taking.append(connection)
    case .compacting(let request):
      connection.pause = .compacting(request)
      compacting.append(connection)
    case .snapshotting:
      connection.pause = .snapshotting
      snapshotting.append(connection)
    case .close: connection.isEnding = true
    case .shutdown:
      connection.isEnding = true
      if let whenToldToStop { whenToldToStop() } else { stop() }
    }
    return true
  }

  // MARK: Output

  /// Moves the replies that were written to the client, or as much as it takes.
  func flushReplies(to connection: Connection) {
    guard reply.count > 0 else { return }
    if connection.output.isEmpty {
      let sent = transfer(reply.bytes.span, to: connection)
      connection.output.append(reply.bytes.span.extracting(sent..<reply.count))
    } else {
      connection.output.append(reply.bytes.span)
    }
    reply.removeAll()
  }

  /// Sends what waits, as much as the socket takes.
  func send(_ connection: Connection) {
    guard !connection.output.isEmpty else { return }
    connection.output.removeFirst(transfer(connection.output.span, to: connection))
  }

  /// - Returns: how many bytes are done with; all of them when nobody is there to take them.
  private func transfer(_ bytes: Span<UInt8>, to connection: Connection) -> Int {
    do throws(SystemError) {
      switch try connection.wire.send(bytes) {
      case .transferred(let count): return count
      case .wouldBlock: return 0
      case .closed: break
      }
    } catch {
      log.write(.debug, "send", [("error", error.description)])
    }
    connection.isEnding = true
    return bytes.count
  }

  /// After a turn: ends the connection if it is over, else watches for what comes next.
  func settle(_ connection: Connection) {
    guard !connection.isClosed else { return }
    if connection.isEnding && connection.output.isEmpty && connection.held.isEmpty {
      return close(connection)
    }
    var interest = connection.wantedInterest(
      unsentLimit: executor.settings.limits.maximumUnsentBytes)
    if isStopping { interest.remove(.readable) }
    guard interest != connection.interest else { return }
    do throws(SystemError) {
      try connection.wire.watch(for: interest)
      connection.interest = interest
    } catch {
      log.write(.error, "poll", [("error", error.description)])
      close(connection)
    }
  }
}
