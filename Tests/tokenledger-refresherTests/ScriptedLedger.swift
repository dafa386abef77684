// A ledger that does what a test says: it listens on a socket of its own, hands out the jobs that
// it is given, and answers outcomes by a script. A take waits as long as it may, for jobs or for
// the end.

import LinuxIO
import RESP
import TestSupport

/// What the ledger answers.
enum LedgerAnswer: Sendable {
  /// These bytes.
  case bytes(String)
  /// Nothing more: the connection is closed.
  case close

  static let taken = LedgerAnswer.bytes(":1\r\n")

  static func error(_ text: String) -> LedgerAnswer { .bytes("-\(text)\r\n") }
}

/// A ledger for refreshers.
final class ScriptedLedger: @unchecked Sendable {
  struct State: Sendable {
    /// Jobs that nobody has taken, as RESP2 writes them.
    var jobs: [String] = []
    /// The numbers of jobs asked for.
    var takes: [Int] = []
    /// The outcomes, as they were told.
    var outcomes: [[String]] = []
    /// The connections that had ended when each of them was told.
    var endedAtOutcomes: [Int] = []
    /// What connections call themselves.
    var names: [String] = []
    /// The connections that have ended.
    var endedCount = 0
    var isClosing = false
  }

  /// What the ledger answers to an outcome, by its number from 0.
  typealias Script = @Sendable (_ number: Int, _ outcome: [String]) -> LedgerAnswer
  /// What the ledger answers to a take, by its number from 0, or nil to hand out jobs.
  typealias TakeScript = @Sendable (_ number: Int) -> LedgerAnswer?

  let path: String
  let state = Watched(State())
  private let script: Script
  private let takeScript: TakeScript
  // Safe: the directory is only kept, until the ledger is gone.
  private let directory: TemporaryDirectory
  private let closing: EventCounter

  /// Starts listening.
  init(
    takes takeScript: @escaping TakeScript = { _ in nil },
    outcomes script: @escaping Script = { _, _ in .taken }
  ) throws {
    directory = try TemporaryDirectory()
    path = directory.file("s")
    closing = try EventCounter()
    self.script = script
    self.takeScript = takeScript
    let listener = Listener(try UnixListener.listen(at: try UnixAddress(path: path)))
    _ = try SystemThread.start(name: "ledger") { self.accept(listener) }
  }

  /// Hands jobs out to whoever takes next.
  func give(_ jobs: String...) { state.change { $0.jobs += jobs } }

  /// Ends the listening and every connection.
  func close() {
    state.change { $0.isClosing = true }
    closing.signal()
  }

  // MARK: Connections

  private func accept(_ listener: Listener) {
    guard let poll = try? EventPoll() else { return }
    try? poll.add(EventWord(descriptor: listener.socket.rawValue, generation: 0), for: .readable)
    try? poll.add(EventWord(descriptor: closing.rawValue, generation: 0), for: .readable)
    var events = EventBuffer(capacity: 1)
    while !state.value.isClosing {
      try? poll.wait(timeoutMilliseconds: -1, into: &events)
      while let socket = try? listener.socket.accept() {
        let connection = LedgerClientSocket(socket)
        _ = try? SystemThread.start(name: "connection") {
          self.serve(connection)
          self.state.change { $0.endedCount += 1 }
        }
      }
    }
  }

  private func serve(_ connection: LedgerClientSocket) {
    while let request = connection.next(unless: { self.state.value.isClosing }) {
      guard case .bytes(let reply) = answer(to: request), connection.send(reply) else { return }
    }
  }

  private func answer(to request: [String]) -> LedgerAnswer {
    switch request[0] {
    case "CLIENT":
      state.change { $0.names.append(request[2]) }
      return .bytes("+OK\r\n")
    case "REFRESH.TAKE":
      let number = state.change { state in
        state.takes.append(Int(request[2]) ?? 0)
        return state.takes.count - 1
      }
      return takeScript(number) ?? jobs(for: request)
    default:
      let number = state.change { state in
        state.outcomes.append(request)
        state.endedAtOutcomes.append(state.endedCount)
        return state.outcomes.count - 1
      }
      return script(number, request)
    }
  }

  private func jobs(for request: [String]) -> LedgerAnswer {
    let milliseconds = request[3] == "BLOCK" ? Double(request[4]) ?? 0 : 0
    _ = state.block(seconds: milliseconds / 1_000) { !$0.jobs.isEmpty || $0.isClosing }
    return state.change { state in
      let jobs = state.jobs.prefix(Int(request[2]) ?? 0)
      state.jobs.removeFirst(jobs.count)
      return .bytes("*\(jobs.count)\r\n" + jobs.joined())
    }
  }
}

/// A listener that a closure may hold.
private final class Listener: Sendable {
  let socket: UnixListener

  init(_ socket: consuming UnixListener) { self.socket = socket }
}

// MARK: - Jobs

extension ScriptedLedger {
  static func refresh(_ token: Int, refreshToken: String = "rt", fence: Int = 40) -> String {
    list(["token", "fence", "refresh_token", "owner_hash", "attempt"]) {
      [.number(token), .number(fence), .text(refreshToken), .text("oh"), .number(1)][$0]
    }
  }

  static func login(_ id: Int, code: String = "code", verifier: String? = "verifier") -> String {
    list(["login", "code", "redirect_uri", "code_verifier"]) {
      [.number(id), .text(code), .text("u"), verifier.map(Field.text) ?? .null][$0]
    }
  }

  static func revocation(_ id: Int, refreshToken: String = "rt") -> String {
    list(["revocation", "refresh_token"]) { [.number(id), .text(refreshToken)][$0] }
  }

  private enum Field {
    case number(Int)
    case text(String)
    case null
  }

  private static func list(_ names: [String], _ value: (Int) -> Field) -> String {
    var writer = ReplyWriter()
    writer.writeArrayHeader(count: names.count * 2)
    for (index, name) in names.enumerated() {
      writer.writeBulk(name)
      switch value(index) {
      case .number(let number): writer.writeInteger(Int64(number))
      case .text(let text): writer.writeBulk(text)
      case .null: writer.writeNull()
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
