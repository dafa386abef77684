// A text that must not be seen: an access token or a refresh token.
//
// Whatever holds one may be printed, dumped or put into an error without showing it. Owner: the
// caller.

/// A text that no description, mirror or dump shows.
public struct HiddenText: Equatable, Sendable, ExpressibleByStringLiteral {
  /// The text itself; for the wire only.
  public let text: String

  /// Hides a text.
  public init(_ text: String) {
    self.text = text
  }

  /// Hides a literal, for tests.
  public init(stringLiteral text: String) {
    self.text = text
  }

  /// A message in which the secret does not occur.
  func redacted(from message: String) -> String {
    text.isEmpty ? message : message.replacing(text, with: "(redacted)")
  }
}

extension HiddenText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// That there is a secret, and nothing of it.
  public var description: String { "(redacted)" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// A mirror without children, so that `dump` shows nothing either.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
