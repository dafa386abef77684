// One request as its reader sees it: the arguments, wherever the parser found them.
//
// Two spans and no copy. Valid until the parser's next call, and while the buffer stays as it is:
// the compiler holds users to that, because the type cannot escape.

/// The arguments of a request that a ``RequestParser`` just gave.
public struct Request: ~Escapable {
  private let ranges: Span<ArgumentRange>
  private let bytes: Span<UInt8>

  @_lifetime(copy ranges, copy bytes)
  init(ranges: Span<ArgumentRange>, bytes: Span<UInt8>) {
    self.ranges = ranges
    self.bytes = bytes
  }

  /// The number of arguments, the command's name included; at least one.
  public var count: Int { ranges.count }

  /// The argument at `index`, from 0.
  ///
  /// - Complexity: O(1).
  public subscript(index: Int) -> Span<UInt8> {
    @_lifetime(copy self)
    get {
      let start = Int(ranges[index].start)
      return bytes.extracting(start..<(start + Int(ranges[index].count)))
    }
  }
}

extension RequestParser {
  /// The request just read, after `.request`; `buffer` is the one that `next` was given.
  ///
  /// - Complexity: O(1).
  @_lifetime(borrow self, copy buffer)
  public func request(in buffer: Span<UInt8>) -> Request {
    let ranges = arguments.slots.span.extracting(0..<arguments.count)
    guard !isInline else { return Request(ranges: ranges, bytes: inlineBytes.span) }
    return Request(ranges: ranges, bytes: buffer.extracting(requestStart..<buffer.count))
  }
}
