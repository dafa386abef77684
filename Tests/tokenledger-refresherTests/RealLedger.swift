// The daemon's loop on a thread of its own, over a simulated disk: the other half of what a
// refresher works with. It ends when its owner asks for that.

import EventLog
import LedgerClient
import LedgerServer
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing

/// A serving ledger.
final class RealLedger: @unchecked Sendable {
  let path: String
  private let hasEnded = Watched(false)
  // Safe: the directory is only kept, until the ledger is gone.
  private let directory: TemporaryDirectory

  /// Starts a ledger whose application has a secret.
  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("s")
    let listener = UnixListenerBox(try UnixListener.listen(at: try UnixAddress(path: path)))
    let hasEnded = hasEnded
    _ = try SystemThread.start(name: "server") {
      do { try Self.serve(listener) } catch { Issue.record(error) }
      hasEnded.change { $0 = true }
    }
  }

  /// Sends a request on a connection of its own, and gives the reply.
  func ask(_ words: String...) async throws -> Reply {
    try #require(await reply(to: words))
  }

  /// Ends it, and says whether it has ended.
  func shutDown() async -> Bool {
    _ = await reply(to: ["SHUTDOWN"])
    return await hasEnded.wait { $0 }
  }

  private func reply(to words: [String]) async -> Reply? {
    let path = path
    return await elsewhere { () -> Reply? in
      var options = LedgerConnection.Options()
      options.timeout = .seconds(20)
      let connection = try? LedgerConnection(socketPath: path, options: options)
      return try? connection?.pipeline([words]).first
    } ?? nil
  }

  private static func serve(_ listener: UnixListenerBox) throws {
    var options = StoreOptions()
    options.log.firstRoomSizeBytes = 4096
    options.log.largestRoomSizeBytes = 8192
    let store = try LedgerStore.open(SimulatedStorage(), options)
    try store.startCommitThread()
    var settings = ServerSettings()
    settings.sso = SSOSettings(
      clientID: "id", callbackURL: "https://site.test/callback",
      authorizeURL: "https://sso.test/authorize", isPublicClient: true, isAlwaysNew: false)
    let server = try Server(
      store: store, settings: settings, listener: listener.take(),
      signals: try SignalDescriptor([.user1]), log: ServerLog(level: .error), reload: { nil })
    _ = try server.run()
    store.stopCommitThread()
  }
}

/// A listener on its way to a thread.
private final class UnixListenerBox: @unchecked Sendable {
  // Safe: written before the thread starts, taken by the thread.
  private var listener: UnixListener?

  init(_ listener: consuming UnixListener) { self.listener = consume listener }

  func take() -> UnixListener {
    guard let listener = listener.take() else { preconditionFailure("taken twice") }
    return listener
  }
}
