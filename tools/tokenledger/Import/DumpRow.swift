// One row of the JSON that `manage.py dumpdata esi` writes. Reading a row never fails: a row that
// cannot be used becomes a bad record that says why, and the rows after it are read all the same.
// Integers are read as integers; none passes through a double.

import Foundation
import TokenLedger

/// A row, by its model.
enum DumpRow: Sendable {
  case scope(DumpScope)
  case token(DumpToken)
  /// A model that means nothing here.
  case ignored
  case bad(BadRecord)
}

/// A row of `esi.scope`.
struct DumpScope: Sendable {
  let index: Int
  let key: Int64
  let name: Text
}

/// A row of `esi.token`, with scopes still as primary keys.
struct DumpToken: Sendable {
  let index: Int
  let key: Int64
  let character: Int64
  let characterName: Text
  let ownerHash: Text
  let type: TokenType
  let user: Text?
  let created: UnixTime
  let ssoVersion: Int64
  let access: SecretInput
  let refresh: SecretInput
  let scopeKeys: [Int64]
}

extension DumpRow: Decodable {
  enum CodingKeys: String, CodingKey {
    case model
    case key = "pk"
    case fields
  }

  init(from decoder: any Decoder) throws {
    let index = decoder.codingPath.last?.intValue ?? 0
    let container = try? decoder.container(keyedBy: CodingKeys.self)
    guard let container, let model = try? container.decode(String.self, forKey: .model) else {
      let fault = FieldFault(field: container == nil ? nil : "model", fault: .notARecord)
      self = .bad(BadRecord(index: index, model: nil, key: nil, faults: [fault]))
      return
    }
    switch model.lowercased() {
    case "esi.scope": self = DumpRow.read(container, index, model, DumpScope.read)
    case "esi.token": self = DumpRow.read(container, index, model, DumpToken.read)
    default: self = .ignored
    }
  }

  private static func read(
    _ row: KeyedDecodingContainer<CodingKeys>, _ index: Int, _ model: String,
    _ make: (inout FieldReader, Int, Int64?) -> DumpRow?
  ) -> DumpRow {
    let key = try? row.decode(Int64.self, forKey: .key)
    var reader = FieldReader(
      try? row.nestedContainer(keyedBy: FieldReader.Name.self, forKey: .fields))
    if (key ?? 0) < 1 { reader.note("pk", .notID) }
    let made = make(&reader, index, key)
    guard let made, reader.faults.isEmpty else {
      return .bad(BadRecord(index: index, model: model, key: key, faults: reader.faults))
    }
    return made
  }
}

extension DumpScope {
  fileprivate static func read(_ reader: inout FieldReader, index: Int, key: Int64?) -> DumpRow? {
    let name = reader.text("name", maximumBytes: Limits.scopeNameBytes)
    if name?.isEmpty == true { reader.note("name", .empty) }
    guard let key, let name else { return nil }
    return .scope(DumpScope(index: index, key: key, name: name))
  }
}

extension DumpToken {
  fileprivate static func read(_ reader: inout FieldReader, index: Int, key: Int64?) -> DumpRow? {
    // Every field is read before any is judged, so that all faults are named at once.
    let character = reader.integer("character_id", in: .min ... .max)
    let name = reader.text("character_name", maximumBytes: Limits.characterNameBytes)
    let owner = reader.text("character_owner_hash", maximumBytes: Limits.ownerHashBytes)
    let type = reader.tokenType("token_type")
    let user = reader.user("user")
    let created = reader.time("created")
    let version = reader.integer("sso_version", in: 0...Int64(Limits.ssoVersion))
    let access = reader.secret("access_token", mayBeNull: false)
    let refresh = reader.secret("refresh_token", mayBeNull: true)
    let scopes = reader.scopeKeys("scopes")
    guard let key, let character, let name, let owner, let type, let user, let created, let version,
      let access, let refresh, let scopes
    else { return nil }
    return .token(
      DumpToken(
        index: index, key: key, character: character, characterName: name, ownerHash: owner,
        type: type, user: user.text, created: created, ssoVersion: version, access: access,
        refresh: refresh, scopeKeys: scopes))
  }
}
