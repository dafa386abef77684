// A cursor over bytes that somebody else owns: the one way our formats are decoded.
// Invariant: 0 <= position <= count; no read reaches beyond the span, none allocates.
// Multi-byte numbers are little-endian, as in schema/log.md section 1.

/// Why bytes could not be read as what they should be.
///
/// The reader stands where it stood before the failed read. Offsets count from the start of the
/// span that the reader was made for.
public enum ReadError: Error, Equatable, Sendable {
  /// The value runs past the end of the bytes.
  case truncated(offset: Int)
  /// A variable-length number is longer than its value needs, or than 64 bits.
  case malformedNumber(offset: Int)
}

/// A forward cursor over bytes, checked at every read.
public struct ByteReader: ~Escapable {
  @usableFromInline let span: RawSpan
  /// The offset of the next byte, from the start of the span.
  public private(set) var position: Int

  /// Starts at the first byte of `span`.
  @_lifetime(copy span)
  public init(_ span: RawSpan) {
    self.span = span
    self.position = 0
  }

  /// Starts at the first byte of `bytes`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) {
    // Safety: a span of bytes has no padding to read by accident.
    self.init(unsafe bytes.bytes)
  }

  /// How many bytes are left.
  public var remaining: Int { span.byteCount - position }

  /// Whether every byte was read.
  public var isAtEnd: Bool { remaining == 0 }

  /// Reads one byte.
  ///
  /// - Throws: `truncated` at the end.
  @_lifetime(self: copy self)
  public mutating func readByte() throws(ReadError) -> UInt8 {
    let start = try advance(by: 1)
    return span.byte(at: start)
  }

  /// Reads a little-endian integer of `type`'s width.
  ///
  /// - Throws: `truncated` when fewer bytes are left.
  @_lifetime(self: copy self)
  public mutating func readInteger<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type = Value.self
  ) throws(ReadError) -> Value {
    let start = try advance(by: MemoryLayout<Value>.size)
    return span.integer(type, at: start)
  }

  /// Reads an unsigned number in LEB128: seven bits a byte, the lowest first.
  ///
  /// - Throws: `truncated`; `malformedNumber` for more than 64 bits, or for a last byte of zero
  ///   after others (each number has one encoding only).
  @_lifetime(self: copy self)
  public mutating func readVarint() throws(ReadError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var offset = start
    while offset < span.byteCount {
      let byte = span.byte(at: offset)
      offset += 1
      if shift == 63 && byte > 1 { throw .malformedNumber(offset: start) }
      value |= UInt64(byte & 0x7f) &<< shift
      if byte & 0x80 == 0 {
        if byte == 0 && shift > 0 { throw .malformedNumber(offset: start) }
        position = offset
        return value
      }
      shift += 7
    }
    throw .truncated(offset: start)
  }

  /// Reads a signed number: zigzag (0, -1, 1, -2 …) over ``readVarint()``.
  ///
  /// - Throws: as ``readVarint()``.
  @_lifetime(self: copy self)
  public mutating func readSignedVarint() throws(ReadError) -> Int64 {
    let folded = try readVarint()
    return Int64(bitPattern: (folded >> 1) ^ (0 &- (folded & 1)))
  }

  /// Reads `count` bytes without copying them.
  ///
  /// - Throws: `truncated` when fewer bytes are left, also for a negative count.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func readBytes(_ count: Int) throws(ReadError) -> RawSpan {
    let start = try advance(by: count)
    return span.extracting(start..<start + count)
  }

  /// Reads a length in LEB128 and as many bytes, without copying them.
  ///
  /// - Throws: as ``readVarint()``; `truncated` when the length exceeds what is left.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func readPrefixedBytes() throws(ReadError) -> RawSpan {
    let start = position
    let count = try readVarint()
    guard count <= UInt64(remaining) else {
      position = start
      throw .truncated(offset: start)
    }
    return try readBytes(Int(count))
  }

  /// Checks that `count` bytes are left, steps over them and returns where they start.
  @_lifetime(self: copy self)
  private mutating func advance(by count: Int) throws(ReadError) -> Int {
    guard count >= 0, count <= remaining else { throw .truncated(offset: position) }
    let start = position
    position += count
    return start
  }
}
