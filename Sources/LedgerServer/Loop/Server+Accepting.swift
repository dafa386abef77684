// New clients: who they are, what they may do, and what happens when there are too many; and how a
// client is forgotten.
// Invariant: the listener is watched if and only if `isAccepting`, so that running out of
// descriptors never becomes a busy loop.

import LedgerStore
import LinuxIO
import RESP

extension Server {
  /// While descriptors have run out, accepting is tried again after this long, or when a client
  /// leaves.
  static let acceptRetryMilliseconds: Int64 = 200

  /// Accepts everybody who waits.
  func acceptAll() {
    while isAccepting {
      do throws(SystemError) {
        guard let socket = try listener.accept() else { return }
        try admit(socket)
        isShortOfDescriptors = false
      } catch {
        refuse(error)
        return
      }
    }
  }

  /// Without a free descriptor the listener would be ready for ever: it is left alone for a while.
  ///
  /// The log is told once, and not at each new attempt.
  private func refuse(_ error: SystemError) {
    if !isShortOfDescriptors {
      log.write(.warning, "cannot accept", [("error", error.description)])
    }
    isShortOfDescriptors = true
    acceptRetryMicroseconds =
      SystemClock.monotonicMicroseconds() + Self.acceptRetryMilliseconds * 1000
    pauseAccepting()
  }

  func pauseAccepting() {
    guard isAccepting else { return }
    isAccepting = false
    do throws(SystemError) { try poll.remove(descriptor: listener.rawValue) } catch {
      log.write(.error, "poll", [("error", error.description)])
    }
  }

  func resumeAccepting() throws(SystemError) {
    guard !isAccepting, !isStopping else { return }
    try poll.add(
      EventWord(descriptor: listener.rawValue, generation: Self.listenerWord), for: .readable)
    isAccepting = true
  }

  private func admit(_ socket: consuming UnixSocket) throws(SystemError) {
    guard connections.count < executor.settings.limits.maximumConnections else {
      executor.figures.connectionsRefused += 1
      _ = try socket.send(Array("-LIMIT max number of clients reached\r\n".utf8).span)
      return
    }
    let peer = try socket.peerCredentials()
    let groups = try socket.peerGroups()
    let session = Session(
      number: nextNumber, peer: peer, groups: groups, connected: store.now,
      role: executor.settings.role(of: peer, groups: groups))
    let generation = Self.firstGeneration &+ UInt32(truncatingIfNeeded: nextNumber)
    let word = EventWord(
      descriptor: socket.rawValue, generation: max(generation, Self.firstGeneration))
    let connection = Connection(
      socket, word: word, session: session, limits: executor.settings.limits.request)
    try poll.add(word, for: .readable)
    connection.interest = .readable
    connections[word.descriptor] = connection
    nextNumber += 1
    executor.figures.connectionsAccepted += 1
    log.write(
      .debug, "connected",
      [
        ("client", String(session.number)), ("uid", peer.user.description),
        ("pid", peer.process.description), ("role", "\(session.role)"),
      ])
  }

  /// Forgets a connection; its descriptor closes with it.
  func close(_ connection: Connection) {
    let descriptor = connection.word.descriptor
    guard connections.removeValue(forKey: descriptor) != nil else { return }
    streaming.remove(descriptor)
    blocked.remove(descriptor)
    connection.isEnding = true
    connection.held = []
    do throws(SystemError) { try poll.remove(descriptor: descriptor) } catch {
      log.write(.error, "poll", [("error", error.description)])
    }
    do throws(SystemError) { try resumeAccepting() } catch {
      log.write(.error, "poll", [("error", error.description)])
    }
  }
}
