// Scopes as an argument of a command, in the two forms that the socket knows.
//
// Splitting text at white space is the ledger's business alone, so that there is one place that
// knows what white space is. Owner: the caller. Grammar: schema/protocol.md, "scopes".

/// A set of scopes to ask for or to give; an empty one means "no scopes at all".
public enum RemoteScopes: Equatable, Sendable {
  /// One text that the ledger splits at white space.
  case text(String)

  /// Names taken as they are; a list of exactly one is treated as a text, as django-esi does.
  case list([String])

  /// No scopes.
  public static var none: RemoteScopes { .list([]) }

  /// The argument as it is sent: the text, or `LIST k name …`.
  var arguments: [String] {
    switch self {
    case .text(let text) where text.lowercased() == "list": ["LIST", "1", text]
    case .text(let text): [text]
    case .list(let names) where names.count == 1: RemoteScopes.text(names[0]).arguments
    case .list(let names): ["LIST", String(names.count)] + names
    }
  }
}

extension RemoteScopes: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  /// A text that the ledger splits.
  public init(stringLiteral text: String) {
    self = .text(text)
  }

  /// A list of names.
  public init(arrayLiteral names: String...) {
    self = .list(names)
  }
}
