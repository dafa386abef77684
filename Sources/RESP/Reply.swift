// A reply as a value, as a client sees it.
//
// Text is kept as bytes: the wire promises no encoding. A reply may hold a token, so nothing that
// is made for humans shows content: descriptions and mirrors tell kinds and sizes. Owner: the
// caller.

/// A reply, with all that is nested in it.
///
/// - Source: RESP3 specification, "RESP3 types"; the first five cases are all that RESP2 has.
public enum Reply: Equatable, Sendable {
  /// A short status, such as `OK`.
  case simple([UInt8])

  /// An error, a simple or a bulk one: a prefix in capitals, a space, and a message.
  case error([UInt8])

  /// An integer.
  case integer(Int64)

  /// A string of any bytes.
  case bulk([UInt8])

  /// A list.
  case array([Reply])

  /// No value; also the null bulk string and the null array of RESP2.
  case null

  /// Pairs in the order of the wire.
  case map([Pair])

  /// Elements in the order of the wire; that they differ is the sender's promise.
  case set([Reply])

  /// A truth value.
  case boolean(Bool)

  /// A floating-point number.
  case double(Double)

  /// An integer of any size, in decimal.
  case bigNumber([UInt8])

  /// Text for a human; the format is three bytes such as `txt`.
  case verbatim(format: [UInt8], text: [UInt8])

  /// A message that answers no request.
  case push([Reply])

  /// One entry of a map.
  public struct Pair: Equatable, Sendable {
    /// What the value is found by.
    public var key: Reply

    /// The value.
    public var value: Reply

    /// Makes an entry.
    public init(key: Reply, value: Reply) {
      self.key = key
      self.value = value
    }
  }
}

extension Reply: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The kind and the size; never content, which may be a secret.
  public var description: String {
    switch self {
    case .simple(let text): "simple string of \(text.count) bytes"
    case .error(let text): "error of \(text.count) bytes"
    case .integer: "integer"
    case .bulk(let text): "bulk string of \(text.count) bytes"
    case .array(let elements): "array of \(elements.count)"
    case .null: "null"
    case .map(let pairs): "map of \(pairs.count)"
    case .set(let elements): "set of \(elements.count)"
    case .boolean: "boolean"
    case .double: "double"
    case .bigNumber(let digits): "big number of \(digits.count) digits"
    case .verbatim(_, let text): "verbatim string of \(text.count) bytes"
    case .push(let elements): "push of \(elements.count)"
    }
  }

  /// The same as `description`.
  public var debugDescription: String { description }

  /// A mirror without children, so that `dump` shows no content either.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .enum) }
}
