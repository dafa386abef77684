// Writes the tokens of a ledger as a fixture. It is read twice, page by page, so that memory does
// not grow with it: once for the names of all scopes, whose order gives them their keys, and once
// for the tokens. A ledger that gains a scope in between is read again from the start.

import LinuxIO
import RESP

/// One export of a ledger.
struct Export {
  /// What was written.
  struct Report: Equatable, Sendable {
    var tokens = 0
    var scopes = 0
  }

  private let endpoint: any LedgerEndpoint
  private let holdsSecrets: Bool
  private let progress: Progress

  /// Tokens read at a time.
  static let pageTokens: Int64 = 500
  /// How often a ledger that changes meanwhile is read before giving up.
  static let maximumAttempts = 3

  /// An export with or without secrets.
  init(from endpoint: any LedgerEndpoint, withSecrets: Bool, progress: Progress) {
    self.endpoint = endpoint
    holdsSecrets = withSecrets
    self.progress = progress
  }

  /// Writes the fixture; when it fails, nothing is left of the new file.
  ///
  /// - Throws: `EndpointError`, `OutputError`.
  func write(to path: String) throws -> Report {
    for _ in 0..<Export.maximumAttempts {
      if let report = try attempt(path) { return report }
    }
    throw EndpointError.unsteady
  }

  /// Nil when the ledger gained a scope meanwhile.
  private func attempt(_ path: String) throws -> Report? {
    let keys = try scopeKeys()
    let permissions: FilePermissions = holdsSecrets ? .ownerOnly : FilePermissions(rawValue: 0o666)
    var file = try ReplacedFile(path, permissions: permissions)
    var report = Report()
    var separator = Array("[\n".utf8)
    func write(_ row: JSONValue, _ file: inout ReplacedFile) throws {
      try file.write(separator + row.serialized)
      separator = Array(",\n".utf8)
    }
    for (name, key) in keys.sorted(by: { $0.value < $1.value }) {
      try write(FixtureRow.scope(key: key, name: name), &file)
      report.scopes += 1
    }
    var pages = TokenPages(endpoint, withSecrets: holdsSecrets, pageTokens: Export.pageTokens)
    while let page = try pages.next() {
      for (token, secrets) in page {
        let scopes = token.scopes.compactMap { keys[$0] }
        guard scopes.count == token.scopes.count else { return nil }
        try write(FixtureRow.token(token, scopeKeys: scopes.sorted(), secrets: secrets), &file)
        report.tokens += 1
      }
      progress.show("exported", report.tokens, of: nil)
    }
    try file.write(report == Report() ? Array("[]\n".utf8) : Array("\n]\n".utf8))
    try file.finish()
    return report
  }

  /// The key of each scope, from 1 in the order of code points.
  private func scopeKeys() throws(EndpointError) -> [[UInt8]: Int64] {
    var names: Set<[UInt8]> = []
    var pages = RowPages(endpoint, LedgerRequest("TOKENS.FIND"), fields: [.scopes], limit: nil)
    while let rows = try pages.next() {
      for row in rows { names.formUnion((row[0].elements ?? []).compactMap(\.bytes)) }
    }
    let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
    return Dictionary(uniqueKeysWithValues: zip(sorted, 1...))
  }
}
