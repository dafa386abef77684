// The numbers that announce what follows: `*3␍␊`, `$11␍␊`, `%2␍␊`.
//
// A header is at most 21 bytes after its type, so an incomplete one is simply read again when more
// bytes have arrived; that keeps both parsers free of state inside a number. Owner: the parsers.

/// What a header says, or why it says nothing yet.
enum HeaderLine {
  /// The number, and the offset of the first byte after the line.
  case number(Int, end: Int)

  /// The bytes so far are the beginning of a header.
  case needMore

  /// No decimal integer, or one of more than eighteen digits: beyond any limit.
  case malformed

  /// A number, but CR LF does not follow.
  case missingLineEnd

  /// Reads the number that begins at `start`, right after the type byte.
  ///
  /// Eighteen digits cannot overflow `Int`, so the sum needs no check; every index is compared with
  /// the count before it is used.
  static func read(_ buffer: Span<UInt8>, from start: Int) -> HeaderLine {
    let isNegative = start < buffer.count && buffer[start] == ASCII.minus
    let first = isNegative ? start &+ 1 : start
    var cursor = first
    var value = 0
    while cursor < buffer.count {
      let digit = buffer[cursor] &- ASCII.zero
      guard digit < 10 else { break }
      guard cursor &- first < 18 else { return .malformed }
      value = value &* 10 &+ Int(digit)
      cursor &+= 1
    }
    guard cursor &+ 1 < buffer.count else { return unfinished(buffer, at: cursor) }
    guard buffer[cursor] == ASCII.carriageReturn, cursor > first else { return .malformed }
    let isPadded = buffer[first] == ASCII.zero && (isNegative || cursor &- first > 1)
    guard !isPadded else { return .malformed }
    guard buffer[cursor &+ 1] == ASCII.lineFeed else { return .missingLineEnd }
    return .number(isNegative ? 0 &- value : value, end: cursor &+ 2)
  }

  /// The verdict on a header that stops short of its LF: hopeless only if a byte is out of place.
  private static func unfinished(_ buffer: Span<UInt8>, at cursor: Int) -> HeaderLine {
    let isOpen = cursor == buffer.count || buffer[cursor] == ASCII.carriageReturn
    return isOpen ? .needMore : .malformed
  }
}
