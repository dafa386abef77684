// A token, a code or a client secret, held so that no print, dump or error shows it.
//
// Invariant: the text leaves only through `text`, which is for the wire. Owner: the caller.

/// A text that no description, mirror or dump shows.
public struct SecretText: Equatable, Sendable {
  /// The text itself; for the wire only.
  public let text: String

  /// Hides a text.
  public init(_ text: String) {
    self.text = text
  }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// That there is a secret, and nothing of it.
  public var description: String { "(redacted)" }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
