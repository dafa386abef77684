// What may stand behind a flag. A value is checked where it is read, before anything is opened, so
// that a slip of the pen costs exit code 64 and nothing else.
// A fault says what would be right and never repeats the value.

import TokenLedger

/// The kinds of values.
enum ValueKind: Sendable {
  /// Any text, by the word that stands for it.
  case text(String)
  /// A file, a directory or a socket.
  case path(String)
  /// A 64-bit integer.
  case integer
  /// A token's id.
  case id
  /// A number of things, at least this many.
  case count(minimum: Int64)
  /// Ids with commas between them.
  case ids
  /// Names of token fields with commas between them.
  case fields
  /// A moment: RFC 3339, or seconds since 1970.
  case time
  /// A moment of the log: a time, an event id, or a sequence after `#`.
  case moment
  /// A condition on the steps of a replay.
  case condition
  /// One of a few words.
  case choice([String])

  /// The word that stands for the value in usage lines.
  var placeholder: String {
    switch self {
    case .text(let word), .path(let word): word
    case .integer, .count: "N"
    case .id: "ID"
    case .ids: "ID,…"
    case .time: "TIME"
    case .moment: "MOMENT"
    case .condition: "CONDITION"
    case .fields: "NAME,…"
    case .choice(let words): words.joined(separator: "|")
    }
  }

  /// Says what would be right when `text` is wrong, else nil.
  func fault(of text: String) -> ValueFault? {
    switch self {
    case .text: nil
    case .path: text.isEmpty ? .emptyPath : nil
    case .integer: Int64(text) == nil ? .notInteger : nil
    case .id: isID(text) ? nil : .notID
    case .count(let minimum): Int64(text).map { $0 >= minimum } == true ? nil : .below(minimum)
    case .ids: text.commaSeparated.allSatisfy(isID) ? nil : .notIDs
    case .fields: text.commaSeparated.lazy.compactMap(fault(ofField:)).first
    case .time: UnixTime(text) == nil ? .notTime : nil
    case .moment: Moment(text) == nil ? .notMoment : nil
    case .condition: ConditionParser.fault(of: text).map { .notCondition($0) }
    case .choice(let words): words.contains(text) ? nil : .notOneOf(words)
    }
  }

  private func isID(_ text: String) -> Bool { (Int64(text) ?? 0) >= 1 }

  private func fault(ofField name: String) -> ValueFault? {
    TokenField(rawValue: name) == nil
      ? .notField(near: nearName(to: name, among: TokenField.allCases.map(\.rawValue))) : nil
  }
}

/// What is wrong with a value: never the value itself, which might be a secret in a wrong place.
enum ValueFault: Equatable, Sendable {
  case emptyPath, notInteger, notID, notIDs, notTime, notMoment
  case notCondition(ConditionFault)
  case below(Int64)
  case notOneOf([String])
  case notField(near: String?)
}

extension String {
  /// The pieces between commas, empty ones too.
  var commaSeparated: [String] {
    split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}
