// New clients: who they are, and what happens when there are too many; and how a client's socket is
// forgotten.
// Invariant: the listener is watched if and only if `isAccepting`, so that running out of
// descriptors never becomes a busy loop.

import LedgerStore
import LinuxIO
import RESP

extension Server {
  /// While descriptors have run out, accepting is tried again after this long, or when a client
  /// leaves.
  static let acceptRetryMicroseconds: Int64 = 200_000

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
    pauseAccepting()
    acceptRetry = node.clock.monotonicMicroseconds + Self.acceptRetryMicroseconds
  }

  private func pauseAccepting() {
    guard isAccepting else { return }
    isAccepting = false
    do throws(SystemError) { try poll.remove(descriptor: listener.rawValue) } catch {
      log.write(.error, "poll", [("error", error.description)])
    }
  }

  func resumeAccepting() throws(SystemError) {
    guard !isAccepting, !node.isStopping else { return }
    try poll.add(
      EventWord(descriptor: listener.rawValue, generation: Self.listenerWord), for: .readable)
    isAccepting = true
    acceptRetry = nil
  }

  /// After a pass: nobody is accepted at the end, and after a pause it is tried again.
  func watchListener() {
    if node.isStopping { return pauseAccepting() }
    guard let acceptRetry, acceptRetry <= node.clock.monotonicMicroseconds else { return }
    do throws(SystemError) { try resumeAccepting() } catch {
      log.write(.error, "poll", [("error", error.description)])
    }
  }

  private func admit(_ socket: consuming UnixSocket) throws(SystemError) {
    guard connections.count < node.executor.settings.limits.maximumConnections else {
      node.executor.figures.connectionsRefused += 1
      _ = try socket.send(Array("-LIMIT max number of clients reached\r\n".utf8).span)
      return
    }
    let peer = try socket.peerCredentials()
    let groups = try socket.peerGroups()
    let word = EventWord(descriptor: socket.rawValue, generation: nextGeneration)
    try poll.add(word, for: .readable)
    nextGeneration = max(nextGeneration &+ 1, Self.firstGeneration)
    let session = accept(SocketWire(socket, word: word, of: self), peer, groups)
    log.write(
      .debug, "connected",
      [
        ("client", String(session.number)), ("uid", peer.user.description),
        ("pid", peer.process.description), ("role", "\(session.role)"),
      ])
  }

  private func accept(
    _ wire: SocketWire, _ peer: PeerCredentials, _ groups: [GroupID]
  ) -> Session {
    let connection = node.admit(peer, groups: groups, on: wire)
    connections[wire.word] = connection
    return connection.session
  }

  /// Forgets a client's socket; its descriptor closes with its connection.
  func forget(_ word: EventWord) {
    connections[word] = nil
    do throws(SystemError) {
      try poll.remove(descriptor: word.descriptor)
      try resumeAccepting()
    } catch {
      log.write(.error, "poll", [("error", error.description)])
    }
  }
}
