// Every limit of the two parsers is a named number.
//
// Beyond a limit the parser fails with the error that names it; nothing is allocated from an
// announced number before its bytes are there. Owner: whoever makes the parser.

/// How large a request may be.
///
/// The limits are inclusive: a request that reaches one exactly is accepted.
public struct RequestLimits: Equatable, Sendable {
  /// The most arguments of one request, the command's name included.
  public var maximumArguments: Int = 65_536

  /// The most bytes of one argument.
  public var maximumBulkBytes: Int = 1 << 20

  /// The most bytes of one whole request, headers and line ends included; below 2 GiB.
  public var maximumRequestBytes: Int = 16 << 20

  /// The most bytes of an inline request, its LF not counted.
  public var maximumInlineBytes: Int = 64 << 10

  /// Makes the default limits.
  public init() {}
}

/// How large a reply may be that a client is ready to hold.
///
/// The limits are inclusive: a reply that reaches one exactly is accepted.
public struct ReplyLimits: Equatable, Sendable {
  /// The most aggregates around a value; a bare value has none.
  public var maximumDepth: Int = 32

  /// The most elements of one aggregate; a pair of a map counts as two.
  public var maximumElements: Int = 1 << 24

  /// The most bytes of one bulk string, bulk error or verbatim string.
  public var maximumBulkBytes: Int = 64 << 20

  /// The most bytes of a simple string, error or number, its line end not counted.
  public var maximumLineBytes: Int = 64 << 10

  /// The most bytes of one whole reply, with all that is nested in it.
  public var maximumReplyBytes: Int = 256 << 20

  /// Makes the default limits.
  public init() {}
}
