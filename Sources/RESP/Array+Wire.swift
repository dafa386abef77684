// The pieces that requests and replies are written with, onto the end of a byte array.
//
// Shared by `RequestWriter` and `ReplyWriter`. Digits are made in place, no `String` is built, and
// an array that has grown once does not grow again. Owner: whoever holds the array.

extension [UInt8] {
  /// Appends the bytes of a span.
  mutating func append(_ source: Span<UInt8>) {
    // Safety: the pointer does not leave the closure.
    unsafe source.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends CR LF.
  mutating func appendLineEnd() {
    append(addingCapacity: 2) { output in
      output.append(ASCII.carriageReturn)
      output.append(ASCII.lineFeed)
    }
  }

  /// Appends a type byte, a number and CR LF: 4 to 23 bytes.
  mutating func appendHeader(_ type: WireType, _ number: Int64) {
    if (0..<10).contains(number) { return appendShortHeader(type, UInt8(number)) }
    append(type.rawValue)
    appendDecimal(number)
    appendLineEnd()
  }

  /// Appends a bulk string: its header, the bytes and CR LF.
  mutating func appendBulk(_ text: Span<UInt8>) {
    appendHeader(.bulk, Int64(text.count))
    append(text)
    appendLineEnd()
  }

  /// Appends an integer in decimal: 1 to 20 bytes.
  mutating func appendDecimal(_ number: Int64) {
    var digits = [20 of UInt8](repeating: 0)
    var first = digits.count
    var rest = number.magnitude
    repeat {
      first -= 1
      digits[first] = ASCII.zero + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    if number < 0 {
      first -= 1
      digits[first] = ASCII.minus
    }
    append(digits.span.extracting(first..<digits.count))
  }

  /// Appends a header with a number of one digit.
  private mutating func appendShortHeader(_ type: WireType, _ digit: UInt8) {
    append(addingCapacity: 4) { output in
      output.append(type.rawValue)
      output.append(ASCII.zero + digit)
      output.append(ASCII.carriageReturn)
      output.append(ASCII.lineFeed)
    }
  }
}
