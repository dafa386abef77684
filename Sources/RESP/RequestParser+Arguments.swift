// What the parser found: the arguments of the request just read.
//
// Arguments of arrays are slices of the caller's buffer; those of inline requests lie unquoted in
// the parser. One accessor hides the difference. Inlinable: it is called for each argument of each
// request, from another module (benchmark `parse`).

extension RequestParser {
  /// The number of arguments of the request just read, the command's name included.
  ///
  /// At least one after `.request`; without meaning after any other outcome.
  @inlinable
  public var argumentCount: Int { arguments.count }

  /// An argument of the request just read.
  ///
  /// `buffer` has to be the one that `next` was given. Both it and the parser must stay as they are
  /// while the span is in use; to keep an argument for longer, copy it.
  ///
  /// - Complexity: O(1).
  @inlinable
  @_lifetime(borrow self, copy buffer)
  public func argument(_ index: Int, in buffer: Span<UInt8>) -> Span<UInt8> {
    let range = arguments[index]
    let count = Int(range.count)
    guard isInline else {
      let start = requestStart &+ Int(range.start)
      return buffer.extracting(start..<(start &+ count))
    }
    let start = Int(range.start)
    return inlineBytes.span.extracting(start..<(start &+ count))
  }

  /// The number of arguments that there is room for, for tests of what huge requests cost.
  package var reservedArguments: Int { arguments.slots.count }
}
