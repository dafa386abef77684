// Reads the fields of one row, and keeps what is wrong with each of them. A field that is wrong
// gives nil and leaves a fault behind; whoever reads goes on to the next field.
// No value goes into a fault.

import CryptoPrimitives
import Foundation
import TokenLedger

/// The fields of a row and the faults found so far.
struct FieldReader {
  /// A field's name, any.
  struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// A user, or none: nil is kept for "wrong".
  struct User { let text: Text? }

  /// What is wrong, in the order of reading.
  private(set) var faults: [FieldFault] = []
  private let fields: KeyedDecodingContainer<Name>?

  /// Reads from the object `fields`; nil when the row has none.
  init(_ fields: KeyedDecodingContainer<Name>?) {
    self.fields = fields
    if fields == nil { note("fields", .notARecord) }
  }

  /// Notes a fault.
  mutating func note(_ field: String, _ fault: FieldFault.Fault) {
    faults.append(FieldFault(field: field, fault: fault))
  }

  /// Reads an integer.
  mutating func integer(_ field: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let value = value(field, Int64.self, else: .notInteger) else { return nil }
    guard range.contains(value) else { return fail(field, .notAmong(range)) }
    return value
  }

  /// Reads a text.
  mutating func text(_ field: String, maximumBytes: Int) -> Text? {
    guard let string = value(field, String.self, else: .notText) else { return nil }
    return checked(string, field, maximumBytes)
  }

  /// Reads the type of a token.
  mutating func tokenType(_ field: String) -> TokenType? {
    guard let word = value(field, String.self, else: .notTokenType) else { return nil }
    let type = TokenType.allCases.first { $0.word.description == word }
    return type ?? fail(field, .notTokenType)
  }

  /// Reads a user: an integer becomes its decimal digits, null is no user.
  mutating func user(_ field: String) -> User? {
    guard isThere(field) else { return nil }
    if isNull(field) { return User(text: nil) }
    let name = Name(stringValue: field)
    if let number = try? fields?.decode(Int64.self, forKey: name) {
      return User(text: Text(String(number)))
    }
    guard let string = value(field, String.self, else: .notUser) else { return nil }
    return checked(string, field, Limits.userBytes).map { User(text: $0) }
  }

  /// Reads a moment with its offset from UTC.
  mutating func time(_ field: String) -> UnixTime? {
    guard let string = value(field, String.self, else: .notTime) else { return nil }
    // A bare number would read as seconds since 1970, which no dump holds.
    guard string.utf8.dropFirst(4).first == UInt8(ascii: "-"), let time = UnixTime(string)
    else { return fail(field, .notTime) }
    return time
  }

  /// Reads a secret; null and the empty text are two things.
  mutating func secret(_ field: String, mayBeNull: Bool) -> SecretInput? {
    if mayBeNull, isNull(field) { return .null }
    let fault: FieldFault.Fault = mayBeNull ? .notTextOrNull : .notText
    guard let string = value(field, String.self, else: fault),
      let text = checked(string, field, Limits.secretBytes)
    else { return nil }
    guard !text.isEmpty else { return .empty }
    return .secret(Secret(bytes: text.utf8, digest: SecretDigest(of: text.utf8)))
  }

  /// Reads the primary keys of scopes, ascending, each once.
  mutating func scopeKeys(_ field: String) -> [Int64]? {
    guard let keys = value(field, [Int64].self, else: .notScopeKeys) else { return nil }
    let distinct = Set(keys)
    guard distinct.count <= Limits.scopesPerToken
    else { return fail(field, .moreScopes(than: Limits.scopesPerToken)) }
    return distinct.sorted()
  }
}

extension FieldReader {
  private mutating func isThere(_ field: String) -> Bool {
    guard let fields else { return false }
    if fields.contains(Name(stringValue: field)) { return true }
    note(field, .missing)
    return false
  }

  private func isNull(_ field: String) -> Bool {
    (try? fields?.decodeNil(forKey: Name(stringValue: field))) == true
  }

  private mutating func value<Value: Decodable>(
    _ field: String, _ type: Value.Type, else fault: FieldFault.Fault
  ) -> Value? {
    guard isThere(field), let fields else { return nil }
    let value = try? fields.decode(type, forKey: Name(stringValue: field))
    return value ?? fail(field, fault)
  }

  private mutating func checked(_ string: String, _ field: String, _ maximumBytes: Int) -> Text? {
    guard let text = Text(string) else { return fail(field, .holdsNullCharacter) }
    guard text.utf8.count <= maximumBytes
    else { return fail(field, .longer(thanBytes: maximumBytes)) }
    return text
  }

  private mutating func fail<Value>(_ field: String, _ fault: FieldFault.Fault) -> Value? {
    note(field, fault)
    return nil
  }
}

extension SecretDigest {
  /// The digest of a secret's bytes.
  init(of secret: [UInt8]) {
    let digest = SHA256.digest(of: secret.span).bytes
    self.init(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}
