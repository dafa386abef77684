// Replies into bytes, in the dialect of the connection.
//
// The writer owns a growing buffer; a server has one for all connections, sets `version` to that of
// the connection at hand, appends its replies, and sends the whole with one write. Nothing is
// checked against the number of elements announced: that is the caller's promise. No `String` is
// built for a number, and a buffer that has grown once does not grow again. Owner: the loop's
// thread. Format: schema/protocol.md.

/// Encodes replies, one after the other, into a buffer of its own.
///
/// - Source: RESP3 specification; RESP specification for the RESP2 forms.
public struct ReplyWriter: Sendable {
  /// The dialect of what is written from now on.
  public var version: ProtocolVersion

  /// The bytes written and not yet removed.
  public private(set) var bytes: [UInt8] = []

  /// Makes a writer with nothing in it.
  public init(version: ProtocolVersion = .two) {
    self.version = version
  }

  /// The number of bytes written and not yet removed; a mark for `truncate`.
  public var count: Int { bytes.count }

  /// Appends bytes that are one or more replies already, such as pre-rendered ones.
  public mutating func writeRendered(_ replies: Span<UInt8>) {
    bytes.append(replies)
  }

  /// Takes back everything after a mark: a reply that turned out to be an error half way.
  public mutating func truncate(to mark: Int) {
    bytes.removeSubrange(mark...)
  }

  /// Forgets the first `count` bytes, which have been sent; keeps the capacity.
  ///
  /// - Complexity: O(*n*) in the bytes that remain.
  public mutating func removeFirst(_ count: Int) {
    bytes.removeFirst(count)
  }

  /// Forgets everything; keeps the capacity up to a bound.
  ///
  /// So one huge reply does not hold its memory for ever.
  public mutating func removeAll(keepingCapacityUpTo retainedBytes: Int = 1 << 20) {
    bytes.removeAll(keepingCapacity: bytes.capacity <= retainedBytes)
  }
}

// MARK: - The types of RESP2

extension ReplyWriter {
  /// Writes a short status, such as `OK`; the text must not hold CR or LF.
  public mutating func writeSimple(_ text: StaticString) {
    Self.withSpan(of: text) { bytes.appendLine(.simple, $0) }
  }

  /// Writes an error: its prefix, a space and the message.
  ///
  /// CR and LF in it become spaces, since the line ends at the first of them.
  public mutating func writeError(_ message: String) {
    bytes.append(WireType.error.rawValue)
    let text = message.utf8Span.span
    for index in text.indices {
      let isLineEnd = text[index] == ASCII.carriageReturn || text[index] == ASCII.lineFeed
      bytes.append(isLineEnd ? ASCII.space : text[index])
    }
    bytes.appendLineEnd()
  }

  /// Writes an integer.
  public mutating func writeInteger(_ number: Int64) {
    bytes.appendHeader(.integer, number)
  }

  /// Writes a bulk string of any bytes.
  public mutating func writeBulk(_ text: Span<UInt8>) {
    bytes.appendBulk(text)
  }

  /// Writes a bulk string of any bytes.
  public mutating func writeBulk(_ text: [UInt8]) {
    bytes.appendBulk(text.span)
  }

  /// Writes text as a bulk string of UTF-8.
  public mutating func writeBulk(_ text: String) {
    bytes.appendBulk(text.utf8Span.span)
  }

  /// Writes a constant as a bulk string, such as a field's name.
  public mutating func writeBulk(_ text: StaticString) {
    Self.withSpan(of: text) { bytes.appendBulk($0) }
  }

  /// Writes the absence of a value; in RESP2 a bulk string of length -1.
  public mutating func writeNull() {
    version == .two ? bytes.appendHeader(.bulk, -1) : writeNullOfResp3()
  }

  /// Writes the absence of a list; in RESP2 an array of length -1.
  public mutating func writeNullArray() {
    version == .two ? bytes.appendHeader(.array, -1) : writeNullOfResp3()
  }

  /// Begins a list; its elements have to follow.
  public mutating func writeArrayHeader(count: Int) {
    bytes.appendHeader(.array, Int64(count))
  }

  private mutating func writeNullOfResp3() {
    bytes.append(WireType.null.rawValue)
    bytes.appendLineEnd()
  }

  /// Lends the bytes of a constant.
  private static func withSpan(of text: StaticString, _ body: (Span<UInt8>) -> Void) {
    // Safety: a static string lives for ever, and the span does not leave the closure.
    text.withUTF8Buffer { body(unsafe $0.span) }
  }
}

// MARK: - The types of RESP3, and what stands for them in RESP2

extension ReplyWriter {
  /// Begins a map, in RESP2 a list of twice as many; key, value, key, value … have to follow.
  public mutating func writeMapHeader(pairCount: Int) {
    version == .two
      ? bytes.appendHeader(.array, 2 * Int64(pairCount))
      : bytes.appendHeader(.map, Int64(pairCount))
  }

  /// Begins a set, in RESP2 a list; its elements have to follow.
  public mutating func writeSetHeader(count: Int) {
    bytes.appendHeader(version == .two ? .array : .set, Int64(count))
  }

  /// Begins a message that answers no request, in RESP2 a list; its elements have to follow.
  public mutating func writePushHeader(count: Int) {
    bytes.appendHeader(version == .two ? .array : .push, Int64(count))
  }

  /// Writes a truth value; in RESP2 the integer 1 or 0.
  public mutating func writeBoolean(_ value: Bool) {
    guard version == .three else { return writeInteger(value ? 1 : 0) }
    bytes.append(WireType.boolean.rawValue)
    bytes.append(UInt8(ascii: value ? "t" : "f"))
    bytes.appendLineEnd()
  }

  /// Writes a floating-point number, so that it reads back to the same; in RESP2 a bulk string.
  public mutating func writeDouble(_ value: Double) {
    guard version == .three else { return writeBulk(value.description) }
    bytes.append(WireType.double.rawValue)
    bytes.append(value.description.utf8Span.span)
    bytes.appendLineEnd()
  }

  /// Writes text that a client should show as it is, such as INFO's; in RESP2 a bulk string.
  public mutating func writeVerbatim(_ text: String) {
    guard version == .three else { return writeBulk(text) }
    let content = text.utf8Span.span
    bytes.appendHeader(.verbatim, Int64(content.count + 4))
    bytes.append(contentsOf: "txt:".utf8)
    bytes.append(content)
    bytes.appendLineEnd()
  }
}
