// A ledger in a directory with a life that a test knows event by event, and the program run on it:
// both by one clock that the test sets.

import Foundation
import LedgerServer
import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

/// A ledger that a test writes and then asks about.
final class KnownLedger {
  /// 2026-11-23T12:00:00Z.
  static let start = UnixTime(clampingMicroseconds: 1_795_435_200_000_000)
  /// What stands in every secret, and must stand in no output.
  static let planted = "pl4nted"

  let directory: String
  private let clock = SettableClock(now: start)
  private let store: LedgerStore
  private let local: LocalSession

  init(_ directory: String) throws {
    self.directory = directory
    var options = StoreOptions()
    options.clock = .settable(clock)
    store = try LedgerStore.open(directory, options)
    local = LocalSession(store: store, settings: ServerSettings())
  }

  /// Runs a test on a ledger of its own.
  static func with(_ body: (KnownLedger) throws -> Void) throws {
    try withTemporaryDirectory { directory throws in try body(KnownLedger(directory)) }
  }

  /// Seconds since the start, for what is written and for what is shown.
  var seconds: Int64 {
    get { (clock.now.microseconds - Self.start.microseconds) / 1_000_000 }
    set {
      clock.now = UnixTime(
        clampingMicroseconds: Self.start.microseconds + newValue * 1_000_000)
    }
  }

  /// Carries out a command, a line of words with blanks between them; `_` is a blank in a word, `~`
  /// the empty word.
  @discardableResult
  func write(_ line: String) throws -> Reply {
    let words = line.split(separator: " ").map { word in
      word == "~" ? [] : Array(word.replacing("_", with: " ").utf8)
    }
    let bytes = local.call(words)
    var parser = ReplyParser()
    var offset = 0
    guard case .reply(let reply) = parser.next(bytes.span, at: &offset), reply.errorPrefix == nil
    else { throw EndpointError.refused(prefix: "TEST", message: line) }
    return reply
  }

  /// Ends a token by a refresh that fails for good, as a worker of this uid would tell it.
  func end(_ id: Int64, _ code: String, by uid: UInt32 = 7) throws {
    let token = try #require(TokenID(id))
    let report = FailureReport(.definite, code: try #require(Text(code)))
    let decision = try store.state.decideRefreshFailed(
      token, under: nil, report, isEndingAllowed: true)
    guard case .ended(let events) = decision else { throw EndpointError.unsteady }
    try append(events, by: uid)
  }

  /// Tells what came of a revocation: done, or failed with a code.
  func revoke(_ id: Int64, failure code: String? = nil) throws {
    let token = try #require(TokenID(id))
    let event = try store.state.decideRevoked(
      token, failureClass: code == nil ? nil : .unavailable, code: try #require(Text(code ?? "")))
    try append([event], by: 7)
  }

  private func append(_ events: [ProposedEvent], by uid: UInt32) throws {
    let actor = Actor.peer(uid: uid, pid: 9, clientName: Text("worker"))
    _ = try store.append(events, origin: Origin(actor: actor))
    try store.commit()
  }

  /// A token with secrets that no output may show.
  @discardableResult
  func create(_ character: Int, _ scopes: [String], _ rest: String = "") throws -> Int64 {
    let secrets = "ACCESS at-\(Self.planted)-\(character) REFRESH rt-\(Self.planted)-\(character)"
    let names = scopes.isEmpty ? "" : "SCOPES LIST \(scopes.count) \(scopes.joined(separator: " "))"
    let owner = rest.contains("OWNER") ? "" : "OWNER o\(character)"
    let line = "TOKEN.CREATE CHARACTER \(character) NAME Pilot_\(character) \(owner) \(names)"
    return try #require(write("\(line) \(secrets) \(rest)").integer)
  }

  /// Runs a line of the program on the ledger.
  func run(
    _ words: [String], isTerminal: Bool = false, environment: [String: String] = [:]
  ) -> Outcome {
    let console = Console(
      output: .memory([]), messages: .memory([]), isInteractive: false, isTerminal: isTerminal)
    let clock = clock
    let surroundings = Surroundings(
      console: console, environment: environment, now: { clock.now.microseconds },
      open: { (place, use) throws(EndpointError) in
        guard case .directory(let path) = place else { throw .noLedger(directory: "") }
        return try DirectoryEndpoint(path, for: use, clock: .settable(clock))
      },
      readInput: { Data() }, readLine: { nil })
    let exitCode = CommandLineRun(in: surroundings).run(words + ["--data", directory])
    let outcome = Outcome(
      exitCode: exitCode, output: console.output.text, messages: console.messages.text)
    #expect(!(outcome.output + outcome.messages).contains(Self.planted), "\(words)")
    return outcome
  }

  /// The objects that a line writes with `--json`.
  func objects(_ words: [String]) throws -> [[String: Any]] {
    let outcome = run(words + ["--json"])
    try #require(outcome.exitCode == .done, "\(words): \(outcome.messages)")
    return try outcome.lines.map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }
}
