// Replies out of bytes, for clients: RESP2 and RESP3 alike.
//
// Aggregates that are being read stand on a stack, outermost first, so nesting costs no recursion
// and is bounded; elements are copied out as they become complete, so the caller may drop their
// bytes although the reply is not whole yet. Nothing is allocated from an announced number.
// Streamed types (`$?`, `*?`) are refused: no server sends them. One parser per stream, on the
// thread that reads it.

/// An incremental parser of replies over a buffer that the caller owns.
///
/// Use: call `next` until it says `.needMore`; then drop the bytes before `offset`, add bytes
/// behind the others, and go on; `offset` has to point at the same byte as before. Attributes are
/// skipped.
///
/// - Source: RESP3 specification.
public struct ReplyParser: ~Copyable, Sendable {
  /// What the bytes so far amount to.
  public enum Outcome: Equatable, Sendable {
    /// All replies in the buffer have been given; the rest begins one, or is empty.
    case needMore

    /// A whole reply.
    case reply(Reply)

    /// The stream is beyond repair; the parser stays where it is and says the same again.
    case failure(ProtocolError)
  }

  /// What one step over the bytes has found.
  enum Element {
    case value(Reply)
    /// The header of an aggregate whose elements have to follow.
    case opened
  }

  /// The limits that replies are held to.
  public let limits: ReplyLimits

  /// The aggregates that lack elements, outermost first.
  ///
  ///     %1␍␊ $3␍␊ids␍␊ *2␍␊ :1␍␊ │:2        map lacks 1 of 2, array lacks 1 of 2
  ///                              │ offset after `.needMore`
  var open: [OpenAggregate] = []
  /// The bytes of the incomplete line at `offset` that hold no LF.
  var searchedBytes = 0
  /// The bytes of the present reply that lie before `offset`.
  var replyBytes = 0

  /// Makes a parser at the start of a stream.
  public init(limits: ReplyLimits = ReplyLimits()) {
    self.limits = limits
  }

  /// Reads on, to the end of the next reply.
  ///
  /// `offset` has to point at the byte where the previous call left it. Afterwards it points behind
  /// the reply (`.reply`), or at the first byte that is still needed (`.needMore`), or at the
  /// element that is broken.
  ///
  /// - Complexity: O(*n*) in the bytes that no earlier call has seen.
  public mutating func next(_ buffer: Span<UInt8>, at offset: inout Int) -> Outcome {
    precondition(offset >= 0 && offset <= buffer.count, "offset outside of the buffer")
    do throws(ProtocolError) {
      while let element = try readElement(buffer, at: &offset) {
        guard case .value(let value) = element, let reply = deliver(value) else { continue }
        replyBytes = 0
        return .reply(reply)
      }
      return .needMore
    } catch {
      return .failure(error)
    }
  }

  /// Hands a value to the innermost aggregate; gives the reply that became whole by it, if any.
  private mutating func deliver(_ value: Reply) -> Reply? {
    var value = value
    while let innermost = open.indices.last {
      open[innermost].items.append(value)
      open[innermost].missing -= 1
      guard open[innermost].missing == 0 else { return nil }
      guard let whole = open.removeLast().reply else { return nil }
      value = whole
    }
    return value
  }
}

/// An aggregate that is being read.
struct OpenAggregate: Sendable {
  let type: WireType
  /// The elements still to come; a pair of a map counts as two.
  var missing: Int
  var items: [Reply] = []

  /// The aggregate as a value, or nil for an attribute, which is dropped.
  var reply: Reply? {
    switch type {
    case .map: .map(Reply.paired(items))
    case .set: .set(items)
    case .push: .push(items)
    case .attribute: nil
    default: .array(items)
    }
  }
}
