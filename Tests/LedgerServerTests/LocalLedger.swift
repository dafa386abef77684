// Commands without a socket, in one line each: a ledger on a simulated disk with a clock that
// stands still, and replies as text.

import Bytes
import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

/// A ledger to put commands to.
final class LocalLedger {
  static let nowSeconds: Int64 = 1_700_000_000

  let storage: SimulatedStorage
  let store: LedgerStore
  private let session: LocalSession

  init(
    _ settings: ServerSettings = ServerSettings(), at seconds: Int64 = nowSeconds,
    clock: SettableClock? = nil, on storage: SimulatedStorage = SimulatedStorage()
  ) throws {
    self.storage = storage
    var options = StoreOptions.frozen(at: seconds)
    if let clock { options.clock = .settable(clock) }
    store = try LedgerStore.open(storage, options)
    session = LocalSession(store: store, settings: settings)
  }

  /// The reply to a request.
  func reply(_ request: [[UInt8]]) -> Reply {
    guard let replies = session.call(request).replies, replies.count == 1
    else { preconditionFailure("a request has one whole reply") }
    return replies[0]
  }

  /// The reply to a request given as words, shown.
  func ask(_ request: [String]) -> String { reply(request.map { Array($0.utf8) }).shown }

  /// The reply to a request given as a line, shown.
  func ask(_ line: String) -> String { reply(words(line)).shown }

  /// The replies to requests that are carried out with as few syncs as possible.
  func pipeline(_ lines: [String]) -> [String] {
    session.pipeline(lines.map(words)).map { $0.replies?.first?.shown ?? "" }
  }

  /// Creates a token with what a test says of it.
  @discardableResult
  func create(_ rest: String = "", character: Int = 1) -> String {
    let line = "TOKEN.CREATE CHARACTER \(character) NAME Pilot OWNER o"
    return ask(rest.isEmpty ? line : "\(line) \(rest)")
  }
}
