// The hash chain over the log, `schema/log.md` section 2. A segment's header and every commit
// carry the value up to that place; the verifier computes it anew and compares.
//
// Four words and no array: a value is copied into every commit and compared without allocating.

internal import Bytes
public import CryptoPrimitives

/// The hash over everything in the log up to some batch: 32 bytes.
public struct ChainValue: Hashable, Sendable {
  /// The size of a chain value.
  public static let sizeBytes = 32

  /// The four words of eight bytes each, as little-endian numbers.
  let words: (UInt64, UInt64, UInt64, UInt64)

  /// The value before the first batch: zeros.
  public static let start = ChainValue(words: (0, 0, 0, 0))

  init(words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = words
  }

  /// Takes a digest as it is.
  public init(_ digest: SHA256Digest) {
    // Safe: a span of bytes has no padding.
    self.init(at: 0, of: unsafe digest.span.bytes)
  }

  /// Reads the 32 bytes at `offset` of `span`, which has them.
  public init(at offset: Int, of span: RawSpan) {
    words = (
      span.integer(at: offset), span.integer(at: offset + 8), span.integer(at: offset + 16),
      span.integer(at: offset + 24)
    )
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the 32 bytes.
  func append(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: words.0)
    bytes.append(littleEndian: words.1)
    bytes.append(littleEndian: words.2)
    bytes.append(littleEndian: words.3)
  }

  /// Whether two values are the same bytes.
  public static func == (left: ChainValue, right: ChainValue) -> Bool {
    left.words == right.words
  }

  /// Feeds the 32 bytes to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

extension ChainValue: CustomStringConvertible {
  /// The value as 64 lower-case hexadecimal digits.
  public var description: String { hexadecimal(bytes) }
}
