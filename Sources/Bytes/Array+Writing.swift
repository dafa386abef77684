// Appending the numbers of our formats to a byte array: the twin of ByteReader, call by call.
// Invariant: every number has one encoding, the shortest; what is appended here, the reader takes.
// Cost: one bounds check a byte, and the array's own growth; nothing else allocates.

extension [UInt8] {
  /// Appends `value` in little-endian order.
  ///
  /// - Complexity: amortised O(1).
  @inlinable
  public mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
    var rest = value
    for _ in 0..<MemoryLayout<Value>.size {
      append(UInt8(truncatingIfNeeded: rest))
      rest = MemoryLayout<Value>.size == 1 ? 0 : rest >> 8
    }
  }

  /// Appends `value` in LEB128: seven bits a byte, the lowest first; 1 to 10 bytes.
  @inlinable
  public mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends `value` in zigzag (0, -1, 1, -2 …) over LEB128.
  @inlinable
  public mutating func append(signedVarint value: Int64) {
    append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Appends the length of `bytes` in LEB128, then the bytes.
  @inlinable
  public mutating func append(prefixed bytes: [UInt8]) {
    append(varint: UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  /// Appends the bytes of `span`.
  @inlinable
  public mutating func append(span: Span<UInt8>) {
    // Safety: the pointer is used inside the closure only, for exactly the bytes of the span.
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends the bytes of `span`.
  @inlinable
  public mutating func append(span: RawSpan) {
    // Safety: the pointer is used inside the closure only, for exactly the bytes of the span.
    unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Overwrites the bytes from `offset` with `value` in little-endian order.
  ///
  /// - Precondition: the whole value fits.
  @inlinable
  public mutating func store<Value: FixedWidthInteger>(littleEndian value: Value, at offset: Int) {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Value>.size, "store outside")
    var rest = value
    for index in offset..<offset + MemoryLayout<Value>.size {
      self[index] = UInt8(truncatingIfNeeded: rest)
      rest = MemoryLayout<Value>.size == 1 ? 0 : rest >> 8
    }
  }

  /// A copy of the bytes of `span`.
  @inlinable
  public init(copying span: Span<UInt8>) {
    self = []
    append(span: span)
  }

  /// A copy of the bytes of `span`.
  @inlinable
  public init(copying span: RawSpan) {
    self = []
    append(span: span)
  }
}
