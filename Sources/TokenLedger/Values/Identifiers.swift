// Numbers that must not be mixed up, one type each: schema/events.md section 1 has the words.
// Invariant: a TokenID is at least 1; a sequence of 0 stands before the first event and is no
// event's own. The types cost nothing: each is its number.

/// A token's number in the ledger: 1 to 2^63 - 1, never used twice.
public struct TokenID: Hashable, Comparable, Sendable {
  /// The number.
  public let rawValue: Int64

  /// Wraps `rawValue`, or gives nil below 1.
  public init?(_ rawValue: Int64) {
    guard rawValue >= 1 else { return nil }
    self.rawValue = rawValue
  }

  /// The first id that an empty ledger gives.
  public static let first = TokenID(checked: 1)

  /// The id after this one, or nil at the end of the numbers.
  public var next: TokenID? {
    rawValue == .max ? nil : TokenID(checked: rawValue + 1)
  }

  init(checked rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// Whether `left` is the lower id.
  public static func < (left: TokenID, right: TokenID) -> Bool { left.rawValue < right.rawValue }
}

/// A character's number at the provider: any 64-bit number.
public struct CharacterID: Hashable, Sendable {
  /// The number.
  public let rawValue: Int64

  /// Wraps `rawValue`.
  public init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }
}

/// The number of an event, from 1 without a gap.
public struct EventSequence: Hashable, Comparable, Sendable {
  /// The number; 0 stands before the first event.
  public let rawValue: UInt64

  /// Wraps `rawValue`.
  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Before the first event.
  public static let zero = EventSequence(0)

  /// The sequence after this one.
  public var next: EventSequence { EventSequence(rawValue + 1) }

  /// Whether `left` came first.
  public static func < (left: EventSequence, right: EventSequence) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// What kind of token the provider gave.
///
/// On-disk values, never renumbered.
public enum TokenType: UInt8, Sendable, CaseIterable {
  /// A character's token.
  case character = 0
  /// A corporation's token.
  case corporation = 1

  /// The word in the protocol and in django-esi.
  public var word: StaticString {
    switch self {
    case .character: "character"
    case .corporation: "corporation"
    }
  }
}
