// What cannot be answered at once: writes that wait for the disk, requests that wait for such a
// write, long replies, and readers that wait for the next event.
// Invariant: who waits is in exactly one of the node's lists, and is woken by what ends the wait;
// nothing here is polled. A connection whose wait has ended otherwise is dropped from its list when
// that is looked at next. Lists are in the order of coming, so that the same calls do the same.

import Bytes
import EventLog
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension Node {
  // MARK: Writes

  /// Keeps a reply until its event is durable; gives it at once if it is, with nothing before it.
  func hold(_ held: HeldReply, _ connection: Connection, _ reply: inout ReplyWriter) {
    if connection.held.isEmpty, held.sequence <= store.state.lastSequence {
      executor.write(held.answer, into: &reply)
      return
    }
    waitForCommit(connection)
    connection.held.append(held)
    connection.session.hasHeldReplies = true
  }

  /// Has a connection looked at when the next batch comes back: once, however many reasons it has.
  func waitForCommit(_ connection: Connection) {
    guard !connection.isWaitingForCommit else { return }
    connection.isWaitingForCommit = true
    waitingForCommit.append(connection)
  }

  /// A batch came back: its events are in the state, or never will be.
  func finishCommit() {
    guard let report = store.collect() else { return }
    switch report {
    case .durable:
      executor.figures.commitsDurable += 1
      noteRoom(isFull: false)
      executor.settleJobs()
      noteGuard()
      release(nil)
      answerRefreshes()
      wakeReaders()
    case .refused(let file):
      executor.figures.commitsRefused += 1
      noteRoom(isFull: true, file: file)
      executor.abandonJobs()
      release(.diskFull)
      failRefreshes(.diskFull)
    case .failed(let error):
      executor.hasFailed = true
      log.write(.error, "the log failed", [("error", error.description)])
      executor.abandonJobs()
      release(.readOnly)
      failRefreshes(.readOnly)
      end = .logFailed(error.description)
    }
  }

  private func noteGuard() {
    let isHolding = store.state.heldBackCount > 0
    guard executor.isGuardHolding != isHolding else { return }
    executor.isGuardHolding = isHolding
    if isHolding {
      log.write(
        .error, "the deletion guard holds tokens back: too many definite failures",
        [("see", "TOKENS.FIND HELD"), ("release", "TOKENS.RESTORE HELD")])
    } else {
      log.write(.info, "no token is held back any more", [])
    }
  }

  private func noteRoom(isFull: Bool, file: String = "") {
    guard executor.isDiskFull != isFull else { return }
    executor.isDiskFull = isFull
    if isFull {
      let free = store.freeBytes.map { String($0) } ?? "unknown"
      log.write(
        .error, "disk full: writes are refused, reads go on",
        [
          ("file", file), ("free_bytes", free),
          ("low_water_bytes", String(store.options.log.lowWaterBytes)),
        ])
    } else {
      log.write(.info, "there is room again: writes go on", [])
    }
  }

  /// Sends the replies whose time has come, and carries on with the requests behind them.
  ///
  /// - Parameter failure: what became of everything in flight; nil when a batch is durable.
  private func release(_ failure: CommandError?) {
    for connection in exchange(&waitingForCommit, with: []) where !connection.isClosed {
      connection.isWaitingForCommit = false
      writeHeld(connection, failure)
      if case .commit = connection.pause { connection.pause = nil }
      flushReplies(to: connection)
      carryOutBuffered(connection)
      if !connection.held.isEmpty { waitForCommit(connection) }
      settle(connection)
    }
  }

  private func writeHeld(_ connection: Connection, _ failure: CommandError?) {
    reply.version = connection.session.version
    var released = 0
    for held in connection.held {
      if held.sequence <= store.state.lastSequence {
        executor.write(held.answer, into: &reply)
      } else if let failure {
        reply.writeError(failure.text)
      } else {
        break
      }
      released += 1
    }
    connection.held.removeFirst(released)
    connection.session.hasHeldReplies = !connection.held.isEmpty
  }

  // MARK: Long replies

  /// Whether a connection's next slice can be written: the ones before are nearly sent.
  func isReadyForSlice(_ connection: Connection) -> Bool {
    connection.output.count < executor.settings.limits.maximumUnsentBytes / 4
  }

  /// At most this many slices are written in one turn, in the order of waiting: who asks for long
  /// lists waits for each other, not the others for them.
  static let slicesPerTurn = 1

  /// Writes slices of long replies whose clients keep up; who got one waits behind the others.
  func writeSlices() {
    var waiting: [Connection] = []
    var written = 0
    for connection in exchange(&streaming, with: []) {
      guard case .streaming(let cursor) = connection.pause else { continue }
      if written < Self.slicesPerTurn, isReadyForSlice(connection) {
        written += 1
        writeSlice(cursor, connection)
        settle(connection)
      } else {
        waiting.append(connection)
      }
    }
    streaming = waiting + streaming
  }

  private func writeSlice(_ cursor: EventCursor, _ connection: Connection) {
    var cursor = cursor
    reply.version = connection.session.version
    do throws(StoreError) {
      try cursor.writeSlice(of: store, into: &reply)
    } catch {
      log.write(.error, "a history cannot be read", [("error", error.description)])
      reply.removeAll()
      connection.isEnding = true
      connection.output.removeAll()
      connection.pause = nil
      return
    }
    connection.pause = cursor.isDone ? nil : .streaming(cursor)
    flushReplies(to: connection)
    if cursor.isDone { carryOutBuffered(connection) } else { streaming.append(connection) }
  }

  // MARK: Waiting for events

  /// Answers those who wait for events that are there now.
  private func wakeReaders() {
    for connection in exchange(&blocked, with: []) {
      guard case .blocked(let wait) = connection.pause else { continue }
      reply.version = connection.session.version
      guard let cursor = executor.cursor(wait, &reply) else {
        blocked.append(connection)
        continue
      }
      connection.pause = .streaming(cursor)
      streaming.append(connection)
      flushReplies(to: connection)
      settle(connection)
    }
  }

  /// Answers those who have waited long enough.
  func endWaits() {
    guard !blocked.isEmpty else { return }
    let now = clock.monotonicMicroseconds
    for connection in exchange(&blocked, with: []) {
      guard case .blocked(let wait) = connection.pause else { continue }
      guard let deadline = wait.deadlineMicroseconds, deadline <= now else {
        blocked.append(connection)
        continue
      }
      connection.pause = nil
      reply.version = connection.session.version
      reply.writeNullArray()
      flushReplies(to: connection)
      carryOutBuffered(connection)
      settle(connection)
    }
  }
}
