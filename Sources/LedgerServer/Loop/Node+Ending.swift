// How a node ends: it carries out nothing more, waits for what it had accepted to be durable, and
// gives the replies that are made a bounded time to leave.
//
//     serving ── SHUTDOWN, a signal ──> stopping ── nothing in flight ──> farewell ──> ended
//     serving ── the log failed ─────────────────────────────────────────────^

import LedgerStore
import LinuxIO

extension Node {
  /// How long clients have for taking the replies that are made when the node ends.
  static let farewellMicroseconds: Int64 = 1_000_000

  /// Carries out nothing more, and ends when what was accepted is durable and answered.
  func stop() {
    guard !isStopping else { return }
    isStopping = true
    log.write(.info, "stopping", [("events_in_flight", String(store.inFlightCount))])
  }

  /// - Returns: how the node ended, once everybody has their replies or the time for that is over.
  func endIfStopped() -> ServerEnd? {
    if end == nil, isStopping, store.inFlightCount == 0 { end = .requested }
    guard let end else {
      if isStopping { for connection in connectionsInOrder { settle(connection) } }
      return nil
    }
    if farewellEndMicroseconds == nil { beginFarewell() }
    guard connections.isEmpty || isFarewellOver else { return nil }
    for connection in connectionsInOrder { close(connection) }
    return end
  }

  private var isFarewellOver: Bool {
    farewellEndMicroseconds.map { $0 <= clock.monotonicMicroseconds } ?? false
  }

  /// From here on connections only take what waits for them; who has it all is let go.
  private func beginFarewell() {
    isStopping = true
    farewellEndMicroseconds = clock.monotonicMicroseconds + Self.farewellMicroseconds
    for connection in connectionsInOrder {
      forgetPast(of: connection)
      connection.pause = nil
      connection.isEnding = true
      send(connection)
      settle(connection)
    }
  }
}
