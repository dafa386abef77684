// What is wrong with a record, as data: which record, which field, and what would be right.
// Never the field's value: a secret in the wrong column must not come out here.
// Wording.swift has the words.

/// A record that cannot be imported.
struct BadRecord: Error, Equatable, Sendable {
  /// The place in the file's list, from 0.
  let index: Int
  /// `esi.token` or another model; nil when the record does not say.
  let model: String?
  /// The record's primary key; nil when it has none that is an integer.
  let key: Int64?
  /// All that is wrong with it, not only the first.
  let faults: [FieldFault]
}

/// What is wrong with one field.
struct FieldFault: Equatable, Sendable {
  /// The field's name as the file has it; nil when the record as a whole is meant.
  let field: String?
  /// What would be right.
  let fault: Fault

  /// The kinds of faults.
  enum Fault: Equatable, Sendable {
    case notARecord
    case missing
    case notInteger
    case notID
    case notAmong(ClosedRange<Int64>)
    case notText
    case notTextOrNull
    case notUser
    case empty
    case longer(thanBytes: Int)
    case holdsNullCharacter
    case notTime
    case notTokenType
    case notScopeKeys
    case unknownScope(Int64)
    case badScope(Int64)
    case moreScopes(than: Int)
    /// Another record of the file, by its index, has the same value.
    case sameAs(index: Int)
    /// The ledger has a token of this id, with other values in these fields.
    case differs([String])
    /// The ledger had a token of this id, and its id is not given again.
    case deleted
    /// The ledger refused the token.
    case refused(prefix: String, message: String)
  }
}
