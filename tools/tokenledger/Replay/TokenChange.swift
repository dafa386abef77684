// What is different about a token at two moments, field by field. Secrets are fingerprints here, as
// everywhere.
// Pure. The names of the fields are those of TOKEN.GET, where it has them.

import TokenLedger

/// One field of a token that changed.
struct FieldChange: Equatable {
  let name: String
  /// What it was; nil for a token that was not there.
  let before: String?
  /// What it is; nil for a token that is not there any more.
  let after: String?

  /// The change in words.
  var text: String {
    switch (before, after) {
    case (let before?, let after?): "\(name) \(before) -> \(after)"
    case (nil, let after?): "\(name) \(after)"
    case (let before?, nil): "\(name) \(before) -> gone"
    case (nil, nil): name
    }
  }

  /// The change as JSON.
  var json: JSONValue {
    .members([
      "field": .string(name), "before": before.map(JSONValue.string) ?? .null,
      "after": after.map(JSONValue.string) ?? .null,
    ])
  }

  /// The fields in which two states of a token differ, in the order of `TOKEN.GET`.
  static func changes(from before: Token?, to after: Token?) -> [FieldChange] {
    let old = before?.shownFields ?? []
    let new = after?.shownFields ?? []
    guard !old.isEmpty, !new.isEmpty else {
      return old.map { FieldChange(name: $0.name, before: $0.value, after: nil) }
        + new.map { FieldChange(name: $0.name, before: nil, after: $0.value) }
    }
    var changes: [FieldChange] = []
    for (was, isNow) in zip(old, new) where was.value != isNow.value {
      changes.append(FieldChange(name: was.name, before: was.value, after: isNow.value))
    }
    return changes
  }
}

/// What became of a token between two moments.
enum TokenFate: String {
  case created, deleted, restored, changed

  /// Says what became of a token; nil: nothing.
  init?(from before: Token?, to after: Token?) {
    guard let after, before != after else { return nil }
    guard let before else {
      self = .created
      return
    }
    switch (before.isDeleted, after.isDeleted) {
    case (false, true): self = .deleted
    case (true, false): self = .restored
    default: self = .changed
    }
  }
}

extension Token {
  /// Every field, as text; always the same names in the same order.
  var shownFields: [(name: String, value: String)] {
    [
      ("character_id", String(character.rawValue)), ("character_name", characterName.string),
      ("owner_hash", ownerHash.string), ("token_type", type.word.description),
      ("user", user?.string ?? "none"), ("scopes", scopes.map(\.string).joined(separator: " ")),
      ("created", created.rfc3339), ("access", access.shown), ("refresh", refresh.shown),
      ("previous_refresh", previousRefresh?.shown ?? "none"),
      ("sso_version", String(ssoVersion)), ("version", String(version)),
      ("lease", lease.map { "#\($0.fence.rawValue) until \($0.lease.end.rfc3339)" } ?? "none"),
      ("held_back", heldBack.map { "#\($0.rawValue)" } ?? "no"),
      ("deleted", isDeleted ? "yes" : "no"),
    ]
  }
}

extension SecretReference {
  /// The fingerprint, or that there is none.
  fileprivate var shown: String {
    switch recorded {
    case .null: "none"
    case .empty: "empty"
    case .present(let digest): digest.fingerprint
    }
  }
}
