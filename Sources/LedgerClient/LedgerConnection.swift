// A connection to the ledger: requests in, replies out, in order.
//
// Pipelining is explicit: `send` queues, `flush` sends, `receive` gives the next reply; `call` and
// `pipeline` do all three. Unsent bytes are bounded: beyond `maximumQueuedBytes` they are sent at
// once. After a failure nothing can tell any more which reply belongs to which request, so the
// connection ends with it. Owner: one thread at a time. Protocol: schema/protocol.md.

public import LinuxIO
public import RESP

/// A blocking, pipelining connection to a running ledger.
///
/// Closed when its last owner is gone.
///
///     send    ──► outgoing ──► socket ──► ledger
///     receive ◄── parser ◄── received ◄── socket
public final class LedgerConnection {
  /// How a connection behaves.
  public struct Options: Sendable {
    /// How long one call may take, connecting included; nil waits for ever.
    public var timeout: Duration? = .seconds(5)

    /// The dialect to ask for; `three` costs one exchange when connecting.
    public var version: ProtocolVersion = .two

    /// What the ledger's client list and audit call this connection, or nil.
    public var name: String?

    /// How large a reply may be.
    public var replyLimits = ReplyLimits()

    /// The unsent bytes beyond which `send` sends.
    public var maximumQueuedBytes: Int = 256 << 10

    /// Makes the default options.
    public init() {}
  }

  /// The options that the connection was made with.
  public let options: Options

  /// The requests whose replies have not been received, unsent ones included.
  public private(set) var pendingReplies = 0

  private var transport: Transport
  private var outgoing = RequestWriter()
  /// Bytes of replies; those before `parsedBytes` are done with.
  private var received: [UInt8] = []
  private var parsedBytes = 0
  private var parser: ReplyParser
  /// Why the connection is closed, or nil while it is open.
  private var failure: ClientError?

  /// Connects to the ledger that listens at a path, and introduces itself as the options say.
  ///
  /// - Throws: `invalidPath`, `unreachable`, `timeout`, `server` if the ledger refuses us, and
  ///   whatever `call` throws.
  public convenience init(
    socketPath: String, options: Options = Options()
  ) throws(ClientError) {
    let deadline = Deadline(after: options.timeout)
    let socket = try UnixSocket.connect(path: socketPath, until: deadline)
    try self.init(connected: socket, options: options)
  }

  /// Takes over a socket that is connected to a ledger, and introduces itself as the options say.
  ///
  /// - Throws: as `init(socketPath:options:)`.
  public init(
    connected socket: consuming UnixSocket, options: Options = Options()
  ) throws(ClientError) {
    do throws(SystemError) { transport = try Transport(socket) } catch { throw .system(error) }
    parser = ReplyParser(limits: options.replyLimits)
    self.options = options
    try introduce()
  }

  /// Queues a request whose arguments are bytes; its reply has to be received.
  ///
  /// - Throws: as `flush`, which happens here when many bytes are queued.
  public func send(_ arguments: [[UInt8]]) throws(ClientError) {
    try queue { $0.write(arguments) }
  }

  /// Queues a request whose arguments are text; its reply has to be received.
  ///
  /// - Throws: as `flush`, which happens here when many bytes are queued.
  public func send(_ arguments: [String]) throws(ClientError) {
    try queue { $0.write(arguments) }
  }

  /// Sends what is queued; replies that arrive meanwhile are kept for `receive`.
  ///
  /// If the ledger has closed the connection, `receive` tells so, after its last words.
  ///
  /// - Throws: `timeout`, `system`.
  public func flush() throws(ClientError) {
    try endingOnFailure { () throws(ClientError) in
      try sendQueued(until: Deadline(after: options.timeout))
    }
  }

  /// The reply to the oldest request that has none; sends what is queued, and waits.
  ///
  /// An error reply is a value here. At least one reply must be pending.
  ///
  /// - Parameter timeout: how long to wait; the connection's own timeout unless given.
  /// - Returns: the reply.
  /// - Throws: `timeout`, `connectionClosed`, `protocolViolation`, `system`.
  public func receive(timeout: Duration? = nil) throws(ClientError) -> Reply {
    precondition(pendingReplies > 0, "no request waits for a reply")
    let deadline = Deadline(after: timeout ?? options.timeout)
    let reply = try endingOnFailure { () throws(ClientError) in
      try sendQueued(until: deadline)
      return try nextReply(until: deadline)
    }
    pendingReplies -= 1
    return reply
  }
}

// MARK: - Inner steps

extension LedgerConnection {
  private func queue(_ write: (inout RequestWriter) -> Void) throws(ClientError) {
    if let failure { throw failure }
    write(&outgoing)
    pendingReplies += 1
    if outgoing.bytes.count > options.maximumQueuedBytes { try flush() }
  }

  private func sendQueued(until deadline: Deadline) throws(ClientError) {
    try transport.send(&outgoing, receivingInto: &received, until: deadline)
  }

  /// Takes replies from what has been received, and receives more until there is one.
  private func nextReply(until deadline: Deadline) throws(ClientError) -> Reply {
    while true {
      switch parser.next(received.span, at: &parsedBytes) {
      case .reply(.push): continue  // Answers no request.
      case .reply(let reply): return reply
      case .failure(let error): throw .protocolViolation(error)
      case .needMore:
        received.removeFirst(parsedBytes)
        parsedBytes = 0
        try transport.receive(into: &received, until: deadline)
      }
    }
  }

  /// Runs a step of the open connection; a failure ends the connection.
  private func endingOnFailure<Result>(
    _ step: () throws(ClientError) -> Result
  ) throws(ClientError) -> Result {
    if let failure { throw failure }
    do throws(ClientError) {
      return try step()
    } catch {
      failure = error
      transport.shutDown()
      throw error
    }
  }

  /// Tells the ledger the dialect and the name, if the options have any.
  private func introduce() throws(ClientError) {
    switch (options.version, options.name) {
    case (.three, let name?): _ = try call(["HELLO", "3", "SETNAME", name])
    case (.three, nil): _ = try call(["HELLO", "3"])
    case (.two, let name?): _ = try call(["CLIENT", "SETNAME", name])
    case (.two, nil): break
    }
  }
}
