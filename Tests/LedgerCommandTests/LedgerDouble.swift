// A ledger in memory that knows the few commands that the subcommands send, and can be told to
// fail. What it answers is what schema/protocol.md says, in the RESP2 forms; DirectoryTests run the
// same lines on real ledgers.

import RESP
import TokenLedger

@testable import LedgerCommand

/// A ledger in memory.
final class LedgerDouble: LedgerEndpoint {
  /// A token as TOKEN.CREATE brought it.
  struct Stored {
    var id: Int64 = 0
    var values: [String: [UInt8]] = [:]
    var scopes: [[UInt8]] = []
    var created = UnixTime.epoch
  }

  let isDaemon = false
  var tokens: [Int64: Stored] = [:]
  var deleted: Set<Int64> = []
  /// Whether TOKEN.SECRETS is allowed.
  var isAdmin = true
  /// The error that every creation after so many ends with.
  var failure: (creations: Int, message: String)?
  /// The error that the creation of these ids ends with.
  var conflicts: Set<Int64> = []
  /// Every command that came, in order.
  private(set) var commands: [String] = []
  /// The requests of the greatest batch.
  private(set) var greatestBatch = 0
  private var creations = 0

  func pipeline(_ requests: [LedgerRequest]) throws(EndpointError) -> [Reply] {
    commands += requests.map(\.command)
    greatestBatch = max(greatestBatch, requests.count)
    return requests.map(answer)
  }

  private func answer(_ request: LedgerRequest) -> Reply {
    let words = request.words
    let id = words.count > 1 ? Int64(text(words[1])) : nil
    switch request.command {
    case "TOKEN.CREATE": return create(Array(words.dropFirst()))
    case "TOKEN.GET": return id.flatMap { tokens[$0] }.map(map) ?? .null
    case "TOKEN.HISTORY": return history(id ?? 0)
    case "TOKEN.SECRETS": return secrets(id ?? 0)
    case "TOKENS.FIND": return find(Array(words.dropFirst()))
    case "LEDGER.STATUS": return .array([bulk("tokens"), .integer(Int64(tokens.count))])
    case "LEDGER.DIGEST":
      return bulk("ab")
    default: return .error(Array("ERR unknown command".utf8))
    }
  }

  private func create(_ words: [[UInt8]]) -> Reply {
    if let failure, creations >= failure.creations { return .error(Array(failure.message.utf8)) }
    creations += 1
    var token = Stored()
    var index = 0
    while index < words.count {
      let keyword = text(words[index])
      if keyword == "SCOPES" {
        let count = Int(text(words[index + 2])) ?? 0
        token.scopes = Array(words[index + 3..<index + 3 + count])
        index += 3 + count
      } else {
        token.values[keyword] = words[index + 1]
        index += 2
      }
    }
    token.id = token.values["ID"].flatMap { Int64(text($0)) } ?? 0
    token.created = token.values["CREATED"].flatMap { UnixTime(text($0)) } ?? .epoch
    if deleted.contains(token.id) || tokens[token.id] != nil || conflicts.contains(token.id) {
      return .error(Array("CONFLICT the id is taken".utf8))
    }
    tokens[token.id] = token
    return .integer(token.id)
  }

  private func history(_ id: Int64) -> Reply {
    guard tokens[id] != nil || deleted.contains(id) else {
      return .error(Array("NOTFOUND no token has the id \(id)".utf8))
    }
    let fields: [Reply] = [
      bulk("seq"), bulk("7"), bulk("type"), bulk("created"), bulk("token"), bulk(String(id)),
      bulk("actor"), bulk("uid 1000"),
    ]
    return .array([.array([bulk("1795435200000-0"), .array(fields)])])
  }

  private func secrets(_ id: Int64) -> Reply {
    guard isAdmin else { return .error(Array("DENIED TOKEN.SECRETS needs the role admin".utf8)) }
    guard let token = tokens[id] else { return .null }
    return .array([
      bulk("access_token"), token.values["ACCESS"].map(Reply.bulk) ?? .null,
      bulk("refresh_token"), token.values["REFRESH"].map(Reply.bulk) ?? .null,
    ])
  }

  private func find(_ words: [[UInt8]]) -> Reply {
    var fields: [String]?
    var (after, limit, isCount): (Int64, Int, Bool) = (0, .max, false)
    var index = 0
    while index < words.count {
      switch text(words[index]) {
      case "FIELDS":
        let count = Int(text(words[index + 1])) ?? 0
        fields = words[index + 2..<index + 2 + count].map(text)
        index += 1 + count
      case "AFTER": after = Int64(text(words[index + 1])) ?? 0
      case "LIMIT": limit = Int(text(words[index + 1])) ?? 0
      case "COUNT": isCount = true
      default: break
      }
      index += 1
    }
    let found = tokens.keys.sorted().filter { $0 > after }.prefix(limit)
    if isCount { return .integer(Int64(found.count)) }
    guard let fields else { return .array(found.map { .integer($0) }) }
    return .array(
      found.compactMap { tokens[$0] }.map { token in
        let map = map(token)
        return .array(fields.map { map.value(for: $0) ?? .null })
      })
  }

  private func map(_ token: Stored) -> Reply {
    let refresh = token.values["REFRESH"]
    let values: KeyValuePairs<TokenField, Reply> = [
      .id: .integer(token.id),
      .characterID: token.values["CHARACTER"].flatMap { Int64(text($0)) }.map(Reply.integer)
        ?? .null,
      .characterName: token.values["NAME"].map(Reply.bulk) ?? .null,
      .ownerHash: token.values["OWNER"].map(Reply.bulk) ?? .null,
      .tokenType: token.values["TYPE"].map(Reply.bulk) ?? .null,
      .user: token.values["USER"].map(Reply.bulk) ?? .null,
      .scopes: .array(token.scopes.map(Reply.bulk)),
      .createdMicroseconds: .integer(token.created.microseconds),
      .expiresMicroseconds: .integer(token.created.microseconds + 1_170_000_000),
      .expired: .integer(0),
      .canRefresh: .integer(refresh?.isEmpty == false ? 1 : 0),
      .accessFingerprint: fingerprint(token.values["ACCESS"]),
      .refreshFingerprint: fingerprint(refresh),
      .ssoVersion: token.values["SSOVERSION"].flatMap { Int64(text($0)) }.map(Reply.integer)
        ?? .null,
      .version: .integer(1),
    ]
    return .array(values.flatMap { [bulk($0.key.rawValue), $0.value] })
  }

  private func fingerprint(_ secret: [UInt8]?) -> Reply {
    guard let secret, !secret.isEmpty else { return .null }
    return bulk(SecretDigest(of: secret).fingerprint)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
  private func bulk(_ string: String) -> Reply { .bulk(Array(string.utf8)) }
}
