// Requests into bytes: arrays of bulk strings, the only form that carries any byte.
//
// The writer owns a buffer that it appends to; whoever sends takes the bytes from its front and
// tells so by `removeFirst`. Owner: the thread of the connection. Format: schema/protocol.md.

/// Encodes requests, one after the other, into a buffer of its own.
///
/// - Source: RESP specification, "Sending commands to a Redis server".
public struct RequestWriter: Sendable {
  /// The bytes written and not yet removed.
  public private(set) var bytes: [UInt8] = []

  /// The arguments that the present request still lacks.
  private var missingArguments = 0

  /// Makes a writer with nothing in it.
  public init() {}

  /// Appends a request whose arguments are bytes.
  public mutating func write(_ arguments: [[UInt8]]) {
    begin(argumentCount: arguments.count)
    for argument in arguments { append(argument.span) }
  }

  /// Appends a request whose arguments are text, sent as UTF-8.
  public mutating func write(_ arguments: [String]) {
    begin(argumentCount: arguments.count)
    for argument in arguments { append(argument) }
  }

  /// Begins a request of this many arguments, at least one; as many calls of `append` must follow.
  public mutating func begin(argumentCount: Int) {
    precondition(argumentCount > 0, "a request has at least one argument")
    precondition(missingArguments == 0, "the request before lacks arguments")
    bytes.appendHeader(.array, Int64(argumentCount))
    missingArguments = argumentCount
  }

  /// Appends one argument of the request that was begun.
  public mutating func append(_ argument: Span<UInt8>) {
    precondition(missingArguments > 0, "more arguments than announced")
    missingArguments -= 1
    bytes.appendBulk(argument)
  }

  /// Appends one argument of the request that was begun, as UTF-8.
  public mutating func append(_ argument: String) {
    append(argument.utf8Span.span)
  }

  /// Appends one argument of the request that was begun, in decimal.
  public mutating func append(_ argument: Int64) {
    var digits: [UInt8] = []
    digits.appendDecimal(argument)
    append(digits.span)
  }

  /// Forgets the first `count` bytes, which have been sent; keeps the capacity.
  ///
  /// - Complexity: O(*n*) in the bytes that remain.
  public mutating func removeFirst(_ count: Int) {
    bytes.removeFirst(count)
  }
}
