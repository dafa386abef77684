// One request as its reader sees it: the arguments, wherever the parser found them.
//
// Arguments of an array lie in the caller's buffer, those of an inline request unquoted in the
// parser; here both are two spans and no copy. Valid until the parser's next call, and while the
// buffer stays as it is: the compiler holds users to that, because the type cannot escape.
// Inlinable: another module asks for every argument of every request (suite `instructions`).

/// The arguments of a request that a ``RequestParser`` just gave.
public struct Request: ~Escapable {
  @usableFromInline let ranges: Span<ArgumentRange>
  @usableFromInline let bytes: Span<UInt8>

  @inlinable
  @_lifetime(copy ranges, copy bytes)
  init(ranges: Span<ArgumentRange>, bytes: Span<UInt8>) {
    self.ranges = ranges
    self.bytes = bytes
  }

  /// The number of arguments, the command's name included; at least one.
  @inlinable
  public var count: Int { ranges.count }

  /// The argument at `index`, from 0.
  ///
  /// - Complexity: O(1).
  @inlinable
  public subscript(index: Int) -> Span<UInt8> {
    @_lifetime(copy self)
    get {
      // No overflow: both terms are below 2 GiB.
      let start = Int(ranges[index].start)
      return bytes.extracting(start..<(start &+ Int(ranges[index].count)))
    }
  }
}

extension RequestParser {
  /// The request just read, after `.request`; `buffer` is the one that `next` was given.
  ///
  /// - Complexity: O(1).
  @inlinable
  @_lifetime(borrow self, copy buffer)
  public func request(in buffer: Span<UInt8>) -> Request {
    let ranges = arguments.slots.span.extracting(0..<arguments.count)
    guard !isInline else { return Request(ranges: ranges, bytes: inlineBytes.span) }
    return Request(ranges: ranges, bytes: buffer.extracting(requestStart..<buffer.count))
  }

  /// The number of arguments that there is room for, for tests of what huge requests cost.
  package var reservedArguments: Int { arguments.slots.count }
}
