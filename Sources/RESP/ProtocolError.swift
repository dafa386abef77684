// Everything that can be wrong with bytes that should be RESP, and the words for it.
//
// Invariant: a case holds limits, and at most the one byte that was out of place; never input. The
// wording follows Redis, because people search for it. Owner: whoever holds the value.

/// Why bytes are not a request, or not a reply.
///
/// State afterwards: the stream cannot be followed any further, since nobody knows where the next
/// message begins. A server answers with `description` as an `ERR` error and closes; a client
/// closes. Only the peer can do better.
public enum ProtocolError: Error, Equatable, Sendable {
  // Requests.

  /// The number after `*` is not a decimal integer.
  case invalidArgumentCount

  /// A request announces, or an inline request has, more arguments than allowed.
  case tooManyArguments(limit: Int)

  /// An argument does not begin with `$` but with this byte.
  case expectedBulk(found: UInt8)

  /// The whole request would be larger than allowed.
  case requestTooLarge(limitBytes: Int)

  /// An inline request has no end of line within the limit.
  case inlineTooLarge(limitBytes: Int)

  /// An inline request has a quote that is not closed, or text right after a closing quote.
  case unbalancedQuotes

  // Both directions.

  /// The number after `$` is not a decimal integer, or below zero where that means nothing.
  case invalidBulkLength

  /// A bulk string announces more bytes than allowed.
  case bulkTooLarge(limitBytes: Int)

  /// CR LF is missing where a line or a bulk string has to end.
  case missingLineEnd

  // Replies.

  /// A reply begins with a byte that is no type of RESP2 or RESP3.
  case unknownReplyType(found: UInt8)

  /// The number of elements of an array, map, set, push or attribute is not a decimal integer.
  case invalidElementCount

  /// An aggregate announces more elements than allowed.
  case tooManyElements(limit: Int)

  /// Aggregates lie deeper in each other than allowed.
  case tooDeep(limit: Int)

  /// A line of a reply is longer than allowed.
  case lineTooLong(limitBytes: Int)

  /// The whole reply would be larger than allowed.
  case replyTooLarge(limitBytes: Int)

  /// An integer, double, big number, boolean, null or verbatim string is not written as its type
  /// demands.
  case invalidValue
}

extension ProtocolError: CustomStringConvertible {
  /// The words for a client, in the style of Redis and without the `ERR` in front.
  public var description: String { "Protocol error: " + explanation }

  private var explanation: String {
    switch self {
    case .invalidArgumentCount: "invalid multibulk length"
    case .tooManyArguments(let limit): "invalid multibulk length: more than \(limit) arguments"
    case .expectedBulk(let found): "expected '$', got \(Self.quoted(found))"
    case .requestTooLarge(let limit): "request larger than \(limit) bytes"
    case .inlineTooLarge(let limit): "too big inline request: more than \(limit) bytes"
    case .unbalancedQuotes: "unbalanced quotes in request"
    case .invalidBulkLength: "invalid bulk length"
    case .bulkTooLarge(let limit): "invalid bulk length: more than \(limit) bytes"
    case .missingLineEnd: "expected CR LF"
    case .unknownReplyType(let found): "unknown reply type \(Self.quoted(found))"
    case .invalidElementCount: "invalid number of elements"
    case .tooManyElements(let limit): "more than \(limit) elements"
    case .tooDeep(let limit): "reply nested deeper than \(limit) levels"
    case .lineTooLong(let limit): "line longer than \(limit) bytes"
    case .replyTooLarge(let limit): "reply larger than \(limit) bytes"
    case .invalidValue: "malformed value"
    }
  }

  /// One byte for a human: itself in quotes if it is printable ASCII, else only that it is not.
  private static func quoted(_ byte: UInt8) -> String {
    (0x20...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "an unprintable byte"
  }
}
