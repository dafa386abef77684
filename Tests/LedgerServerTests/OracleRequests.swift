// The recorded cases as requests: the populations with TOKEN.CREATE, the questions as the commands
// that stand for django-esi's methods.

import TestSupport
import Testing

enum OracleRequests {
  /// Makes the population of a case.
  static func load(_ recorded: OracleCase, into ledger: LocalLedger) {
    for token in recorded.tokens {
      var request = [
        "TOKEN.CREATE", "CHARACTER", "\(token.characterID)", "NAME", token.characterName, "OWNER",
        token.ownerHash, "TYPE", token.tokenType, "ID", "\(token.id)", "CREATED", token.created,
        "ACCESS", token.accessToken, "SSOVERSION", "\(token.ssoVersion)", "SCOPES", "LIST",
        "\(token.scopes.count)",
      ]
      request += token.scopes
      if let user = token.user { request += ["USER", "\(user)"] }
      if let refresh = token.refreshToken { request += ["REFRESH", refresh] }
      #expect(ledger.ask(request) == ":\(token.id)")
    }
  }
}

extension OracleQuery {
  /// The query as a request.
  var request: [[UInt8]] {
    let request: [String] =
      switch op {
      case "get_token": ["TOKEN.LOOKUP", "\(characterID ?? 0)"] + scopes.words
      case "require_scopes": ["TOKENS.REQUIRESCOPES"] + scopes.words
      case "require_scopes_exact": ["TOKENS.REQUIRESCOPESEXACT"] + scopes.words
      case "equivalent_to": ["TOKENS.EQUIVALENTTO", "\(token ?? 0)"]
      case "get_expired": ["TOKENS.GETEXPIRED"]
      default: ["TOKENS.FIND"] + (steps ?? [self]).flatMap(\.filter)
      }
    return request.map { Array($0.utf8) }
  }

  /// The query as a filter among others.
  var filter: [String] {
    switch op {
    case "require_scopes": ["SCOPES"] + scopes.words
    case "require_scopes_exact": ["EXACTLY"] + scopes.words
    case "equivalent_to": ["EQUIVALENT", "\(token ?? 0)"]
    case "get_expired": ["EXPIRED"]
    case "filter_character": ["CHARACTER", "\(characterID ?? 0)"]
    case "filter_user": user.map { ["USER", "\($0)"] } ?? ["NOUSER"]
    case "filter_type": ["TYPE", tokenType ?? ""]
    case "filter_ids": ["IDS", "\(ids?.count ?? 0)"] + (ids ?? []).map { "\($0)" }
    case "order_by_id", "all", "bulk_refresh", "require_valid": []
    default: preconditionFailure("the oracle has a query that is not known here: \(op)")
    }
  }
}

extension OracleScopes? {
  /// The `scopes` argument: a list of one text is that text, as in django-esi.
  var words: [String] {
    switch self {
    case nil: [""]
    case .text(let text): [text.uppercased() == "LIST" ? " \(text)" : text]
    case .list(let names) where names.count == 1: OracleScopes?.some(.text(names[0])).words
    case .list(let names): ["LIST", "\(names.count)"] + names
    }
  }
}
