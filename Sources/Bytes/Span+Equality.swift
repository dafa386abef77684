// Comparing bytes by whole words: names and texts are compared on every query.
// Invariant: the answer is that of comparing byte by byte; nothing outside the spans is read.
// Owner: nobody; functions only. Cost: one load and one comparison for eight bytes.

extension Span<UInt8> {
  /// Whether both hold the same bytes.
  ///
  /// - Complexity: O(bytes).
  @inlinable
  public func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    // Safety: bytes have no padding.
    let (left, right) = unsafe (bytes, other.bytes)
    guard count >= 8 else { return left.isEqualByByte(to: right) }
    var offset = 0
    while offset + 8 <= count {
      guard left.integer(UInt64.self, at: offset) == right.integer(UInt64.self, at: offset)
      else { return false }
      offset += 8
    }
    // The last eight bytes, most of which were compared already.
    return left.integer(UInt64.self, at: count - 8) == right.integer(UInt64.self, at: count - 8)
  }
}

extension RawSpan {
  /// The same for few bytes, of which both have the same number.
  @inlinable
  func isEqualByByte(to other: RawSpan) -> Bool {
    var offset = 0
    while offset < byteCount {
      guard byte(at: offset) == other.byte(at: offset) else { return false }
      offset += 1
    }
    return true
  }
}
