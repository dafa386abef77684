// A connection to the ledger that is made again after it broke.
//
// Invariant: a connection that failed is never used again, since nothing can tell any more which
// reply belongs to which request. Owner: one thread.

import LedgerClient

/// A connection, when there is one.
struct LedgerLink: ~Copyable {
  /// What the ledger calls the connections.
  static let name = "tokenledger-refresher"

  private let socketPath: String
  private let timeout: Duration
  private var connection: LedgerConnection?

  /// Names the ledger's socket, and how long a call may take.
  init(socketPath: String, timeout: Duration) {
    self.socketPath = socketPath
    self.timeout = timeout
  }

  /// Calls the ledger, after connecting if need be.
  mutating func call<Result>(
    _ body: (LedgerConnection) throws(ClientError) -> Result
  ) throws(ClientError) -> Result {
    do throws(ClientError) {
      return try body(try connected())
    } catch {
      switch error {
      case .server, .unexpectedReply: break
      case .invalidPath, .unreachable, .system, .timeout, .connectionClosed, .protocolViolation:
        connection = nil
      }
      throw error
    }
  }

  private mutating func connected() throws(ClientError) -> LedgerConnection {
    if let connection { return connection }
    var options = LedgerConnection.Options()
    options.timeout = timeout
    options.name = Self.name
    let connection = try LedgerConnection(socketPath: socketPath, options: options)
    self.connection = connection
    return connection
  }
}
