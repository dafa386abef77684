// Requests out of bytes: arrays of bulk strings, and inline commands.
//
// The parser never holds the bytes: the caller owns the buffer, and may move the unread part of it
// between two calls. All positions are counted from the start of the request being read, and no
// chunk makes the parser go back to it (a header of up to 21 bytes is read anew, a request of the
// short cut once). Nothing is allocated from a number that a peer announced. One parser per stream,
// on the thread that reads the stream. Cost: `RequestParser+Short.swift`. Format:
// schema/protocol.md.

/// An incremental parser of requests over a buffer that the caller owns.
///
/// Use: call `next` until it says `.needMore`; then drop the bytes before `offset`, add bytes
/// behind the others, and go on. The kept bytes may lie elsewhere, `offset` just has to point at
/// the same byte as before:
///
///     var offset = 0
///     while case .request = parser.next(received.span, at: &offset) {
///       execute(parser.request(in: received.span), …)
///     }
///     received.removeFirst(offset)
///
///     buffer  … done … │*2␍␊$4␍␊ECHO␍␊$2␍␊hi␍␊│*1␍␊$4␍␊PI
///                      │ a request, taken       │ offset afterwards, and after `.needMore` too
///
/// - Source: RESP specification, "Sending commands to a Redis server" and "Inline commands".
public struct RequestParser: ~Copyable, Sendable {
  /// What the bytes so far amount to.
  public enum Outcome: Equatable, Sendable {
    /// All requests in the buffer have been given; the rest begins one, or is empty.
    case needMore

    /// A request with at least one argument; its arguments are valid until the next call.
    case request

    /// The stream is beyond repair; the parser stays where it is and says the same again.
    case failure(ProtocolError)
  }

  /// The limits that requests are held to.
  public let limits: RequestLimits

  @usableFromInline var arguments = ArgumentTable()
  /// The arguments of an inline request, unquoted, one after the other.
  @usableFromInline var inlineBytes: [UInt8] = []
  @usableFromInline var isInline = false
  /// The offset of the request in the buffer of the latest call.
  @usableFromInline var requestStart = 0
  /// The first byte of the request that has not been understood yet, counted from its start.
  var position = 0
  /// The arguments that the request announced, or -1 before its header is complete.
  private var announcedArguments = -1
  /// The bytes that the present argument announced, or -1 before its header is complete.
  private var announcedBytes = -1
  /// The request just given was read byte by byte, and its state has to be cleared.
  private var isFinished = false
  /// The longest argument that `takeShortRequest` may take without asking the limits.
  let maximumShortBytes: Int

  /// Makes a parser at the start of a stream.
  public init(limits: RequestLimits = RequestLimits()) {
    precondition(limits.maximumRequestBytes <= Int(Int32.max), "positions are 32 bits wide")
    precondition(limits.maximumInlineBytes <= Int(Int32.max), "positions are 32 bits wide")
    self.limits = limits
    let areLimitsUsual = limits.maximumArguments >= 9 && limits.maximumRequestBytes >= 1_024
    maximumShortBytes = areLimitsUsual ? min(99, limits.maximumBulkBytes) : -1
  }

  /// Reads on, to the end of the next request.
  ///
  /// `offset` has to point at the byte where the previous call left it: the start of the request
  /// that is being read. Afterwards it points behind the request (`.request`), or at the start of
  /// an incomplete or a broken one. Empty lines and requests without arguments are passed over.
  ///
  /// - Complexity: O(*n*) in the bytes that no earlier call has seen.
  public mutating func next(_ buffer: Span<UInt8>, at offset: inout Int) -> Outcome {
    precondition(offset >= 0 && offset <= buffer.count, "offset outside of the buffer")
    if isFinished { beginRequest() }
    if position == 0, takeShortRequest(buffer, at: &offset) { return .request }
    do throws(ProtocolError) {
      while offset < buffer.count {
        requestStart = offset
        isInline = buffer[offset] != WireType.array.rawValue
        guard try isInline ? readInline(buffer) : readArray(buffer) else { return .needMore }
        offset &+= position
        isFinished = true
        if arguments.count > 0 { return .request }
        beginRequest()
      }
      return .needMore
    } catch {
      return .failure(error)
    }
  }

  /// Forgets an incomplete request, and readies the parser for another stream.
  public mutating func reset() {
    beginRequest()
  }

  /// Clears the state of the request before; what a rare large one has blown up is given back.
  private mutating func beginRequest() {
    isFinished = false
    position = 0
    announcedArguments = -1
    announcedBytes = -1
    arguments.removeAll()
    if isInline, inlineBytes.capacity > Self.retainedInlineBytes { inlineBytes = [] }
  }

  /// The largest scratch area that is kept for the next inline request.
  private static let retainedInlineBytes = 4_096
}

// MARK: - Arrays of bulk strings

// Every step says true when it is done and false when it needs more bytes, and leaves `position` at
// the first byte that it has not understood.
extension RequestParser {
  /// Reads an array on from `position`.
  private mutating func readArray(_ buffer: Span<UInt8>) throws(ProtocolError) -> Bool {
    if announcedArguments < 0 {
      guard try readArgumentCount(buffer) else { return false }
    }
    while arguments.count < announcedArguments {
      guard try readArgument(buffer) else { return false }
    }
    return true
  }

  /// Reads `*n␍␊`; a number below one announces no arguments.
  private mutating func readArgumentCount(_ buffer: Span<UInt8>) throws(ProtocolError) -> Bool {
    switch HeaderLine.read(buffer, from: requestStart &+ 1) {
    case .needMore: return false
    case .malformed: throw .invalidArgumentCount
    case .missingLineEnd: throw .missingLineEnd
    case .number(let count, let end):
      guard count <= limits.maximumArguments else {
        throw .tooManyArguments(limit: limits.maximumArguments)
      }
      arguments.count = 0
      announcedArguments = max(count, 0)
      position = end &- requestStart
      return true
    }
  }

  /// Reads `$n␍␊` and the *n* bytes with their line end.
  private mutating func readArgument(_ buffer: Span<UInt8>) throws(ProtocolError) -> Bool {
    if announcedBytes < 0 {
      guard try readBulkLength(buffer) else { return false }
    }
    // No overflow: the length was held to the limits when it was read.
    let end = requestStart &+ position &+ announcedBytes
    guard end &+ 1 < buffer.count else { return false }
    guard buffer[end] == ASCII.carriageReturn, buffer[end &+ 1] == ASCII.lineFeed else {
      throw .missingLineEnd
    }
    arguments.append(ArgumentRange(start: position, count: announcedBytes))
    position &+= announcedBytes &+ 2
    announcedBytes = -1
    return true
  }

  /// Reads `$n␍␊`, and holds *n* to the limits before anything relies on it.
  private mutating func readBulkLength(_ buffer: Span<UInt8>) throws(ProtocolError) -> Bool {
    let start = requestStart &+ position
    guard start < buffer.count else { return false }
    guard buffer[start] == WireType.bulk.rawValue else {
      throw .expectedBulk(found: buffer[start])
    }
    switch HeaderLine.read(buffer, from: start &+ 1) {
    case .needMore: return false
    case .malformed: throw .invalidBulkLength
    case .missingLineEnd: throw .missingLineEnd
    case .number(let count, let end):
      try checkBulkLength(count, at: end &- requestStart)
      announcedBytes = count
      position = end &- requestStart
      return true
    }
  }

  /// Refuses an argument of this size at this position if it breaks a limit.
  private func checkBulkLength(_ sizeBytes: Int, at position: Int) throws(ProtocolError) {
    guard sizeBytes >= 0 else { throw .invalidBulkLength }
    guard sizeBytes <= limits.maximumBulkBytes else {
      throw .bulkTooLarge(limitBytes: limits.maximumBulkBytes)
    }
    // No overflow: a header has at most eighteen digits, and a position 31 bits.
    guard position &+ sizeBytes &+ 2 <= limits.maximumRequestBytes else {
      throw .requestTooLarge(limitBytes: limits.maximumRequestBytes)
    }
  }
}
