// Single values out of raw bytes: the ground under ByteReader and the frame decoders.
// Each read is bounds-checked; a read outside is a bug of the caller and traps, because bytes from
// outside are measured before they come here.

extension RawSpan {
  /// The byte at `offset`.
  ///
  /// - Precondition: `offset` is within the span.
  /// - Complexity: O(1).
  @inlinable
  public func byte(at offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < byteCount, "byte offset outside the span")
    // Safety: the offset was checked above; every bit pattern is a UInt8.
    return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// The little-endian integer that starts at `offset`, at any alignment.
  ///
  /// - Precondition: the whole integer is within the span.
  /// - Complexity: O(1).
  @inlinable
  public func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type = Value.self, at offset: Int
  ) -> Value {
    precondition(
      offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size,
      "integer reaches outside the span")
    // Safety: the range was checked above; every bit pattern is a fixed-width integer.
    let value = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Value.self)
    return Value(littleEndian: value)
  }
}
