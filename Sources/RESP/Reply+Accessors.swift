// What a client wants of a reply, whichever dialect it came in.
//
// Nil always means "the reply is not of that kind"; absent keys are nil of `value(for:)` only.
// Owner: the caller.

extension Reply {
  /// The number of an integer reply.
  public var integer: Int64? {
    guard case .integer(let number) = self else { return nil }
    return number
  }

  /// The truth value of a boolean reply, or of the integers 1 and 0 that stand for it in RESP2.
  public var boolean: Bool? {
    switch self {
    case .boolean(let value): value
    case .integer(0): false
    case .integer(1): true
    default: nil
    }
  }

  /// The bytes of a simple, bulk or verbatim string.
  public var bytes: [UInt8]? {
    switch self {
    case .simple(let text), .bulk(let text), .verbatim(_, let text): text
    default: nil
    }
  }

  /// The text of a simple, bulk or verbatim string, if it is valid UTF-8.
  public var text: String? {
    bytes.flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// The elements of an array, set or push.
  public var elements: [Reply]? {
    switch self {
    case .array(let elements), .set(let elements), .push(let elements): elements
    default: nil
    }
  }

  /// The pairs of a map, or of the flat list that stands for it in RESP2.
  ///
  /// - Complexity: O(1) for a map, O(*n*) for a list.
  public var pairs: [Pair]? {
    switch self {
    case .map(let pairs): pairs
    case .array(let elements) where elements.count.isMultiple(of: 2): Self.paired(elements)
    default: nil
    }
  }

  /// The value of the first pair that has this text for its key.
  ///
  /// - Complexity: O(*n*).
  public func value(for key: String) -> Reply? {
    pairs?.first { $0.key.bytes?.elementsEqual(key.utf8) ?? false }?.value
  }

  /// Says whether the reply is null, in any of its forms.
  public var isNull: Bool { self == .null }

  /// The first word of an error, by which programs tell errors apart; empty if it is not UTF-8.
  public var errorPrefix: String? {
    guard case .error(let text) = self else { return nil }
    return String(validating: text.prefix { $0 != ASCII.space }, as: UTF8.self) ?? ""
  }

  /// The rest of an error, for humans; bytes that are not UTF-8 are replaced.
  public var errorMessage: String? {
    guard case .error(let text) = self else { return nil }
    return String(decoding: text.drop { $0 != ASCII.space }.dropFirst(), as: UTF8.self)
  }

  /// The pairs of a flat list of even length.
  static func paired(_ elements: [Reply]) -> [Pair] {
    stride(from: 0, to: elements.count, by: 2).map {
      Pair(key: elements[$0], value: elements[$0 + 1])
    }
  }
}
