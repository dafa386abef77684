// The 32 bytes that SHA-256 gives, as a value of its own: not an array, so that keeping or
// passing one allocates nothing, and not a string, so that nobody compares two spellings of the
// same digest. Equality takes the same time wherever two digests differ, so it tells nothing of a
// secret one.

/// A SHA-256 digest: 32 bytes.
public struct SHA256Digest: Sendable {
  /// The size of every digest.
  public static let sizeBytes = 32

  private let storage: InlineArray<32, UInt8>

  init(storage: InlineArray<32, UInt8>) {
    self.storage = storage
  }

  /// Takes 32 bytes as they are, or gives `nil` when there are more or fewer.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.sizeBytes else { return nil }
    self.storage = InlineArray { bytes[$0] }
  }

  /// The 32 bytes, to be read in place.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    get { storage.span }
  }

  /// The 32 bytes, copied into an array.
  public var bytes: [UInt8] {
    let bytes = storage.span
    return bytes.indices.map { bytes[$0] }
  }

  /// The digest as 64 lower-case hexadecimal characters.
  public var hex: String {
    hexadecimal(storage.span)
  }
}

extension SHA256Digest: Hashable {
  /// Whether two digests are the same bytes, in a time that does not depend on where they differ.
  public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
    let (one, other) = (left.storage.span, right.storage.span)
    var difference: UInt8 = 0
    for index in one.indices { difference |= one[index] ^ other[index] }
    return difference == 0
  }

  /// Feeds the 32 bytes to `hasher`.
  public func hash(into hasher: inout Hasher) {
    let bytes = storage.span
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}

extension SHA256Digest: CustomStringConvertible {
  /// The same as `hex`.
  public var description: String { hex }
}

/// Spells bytes as lower-case hexadecimal, two characters each.
func hexadecimal(_ bytes: Span<UInt8>) -> String {
  var text = ""
  text.reserveCapacity(2 * bytes.count)
  for index in bytes.indices {
    text.unicodeScalars.append(hexadecimalDigit(bytes[index] >> 4))
    text.unicodeScalars.append(hexadecimalDigit(bytes[index] & 0xF))
  }
  return text
}

/// The character for a value below 16.
private func hexadecimalDigit(_ value: UInt8) -> Unicode.Scalar {
  Unicode.Scalar(value < 10 ? 0x30 + value : 0x61 + value - 10)
}
