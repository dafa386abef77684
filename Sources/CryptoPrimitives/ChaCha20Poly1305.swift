// Authenticated encryption with associated data: ChaCha20 for secrecy, Poly1305 for all else.
// Who has not the key can neither read a text nor change it, its associated data or its nonce
// unnoticed. Two texts under one key and one nonce break both: the caller makes nonces unique.
//
// Source: RFC 8439 section 2.8. Cost: about two nanoseconds a byte; keys on the stack are wiped.

internal import Bytes

/// The AEAD of RFC 8439.
public enum ChaCha20Poly1305 {
  /// The size of a key.
  public static let keySizeBytes = 32
  /// The size of a nonce.
  public static let nonceSizeBytes = 12
  /// By how much a sealed text is longer.
  public static let tagSizeBytes = 16

  /// Appends `plain`, encrypted, and its tag.
  ///
  /// - Parameters:
  ///   - plain: The text.
  ///   - key: 32 bytes.
  ///   - nonce: 12 bytes, never used with this key before.
  ///   - associated: What is authenticated with it and not kept.
  ///   - output: Gets as many bytes as `plain` has, and 16.
  /// - Complexity: O(bytes).
  public static func seal(
    _ plain: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associated: Span<UInt8>,
    appendingTo output: inout [UInt8]
  ) {
    let start = output.count
    output.append(span: plain)
    var cipher = ChaCha20(key: key, nonce: nonce)
    defer { cipher.wipe() }
    apply(cipher, to: &output, from: start)
    let tag = tag(cipher, associated, output.span.extracting(start..<output.count))
    output.append(littleEndian: tag.low)
    output.append(littleEndian: tag.high)
  }

  /// Appends the text that was sealed, if it is the one.
  ///
  /// - Parameters:
  ///   - sealed: What ``seal(_:key:nonce:associated:appendingTo:)`` appended.
  ///   - key: The same.
  ///   - nonce: The same.
  ///   - associated: The same.
  ///   - output: Gets the text.
  /// - Returns: Whether all of it is as it was; else nothing was decrypted, and `output` is as it
  ///   was.
  /// - Complexity: O(bytes); the tag is compared in the same time wherever it differs.
  public static func open(
    _ sealed: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associated: Span<UInt8>,
    appendingTo output: inout [UInt8]
  ) -> Bool {
    guard sealed.count >= tagSizeBytes else { return false }
    let end = sealed.count - tagSizeBytes
    let text = sealed.extracting(0..<end)
    var cipher = ChaCha20(key: key, nonce: nonce)
    defer { cipher.wipe() }
    let expected = tag(cipher, associated, text)
    // Safe: a span of bytes has no padding.
    let bytes = unsafe sealed.bytes
    let difference =
      (bytes.integer(UInt64.self, at: end) ^ expected.low)
      | (bytes.integer(UInt64.self, at: end + 8) ^ expected.high)
    guard difference == 0 else { return false }
    let start = output.count
    output.append(span: text)
    apply(cipher, to: &output, from: start)
    return true
  }

  private static func apply(
    _ cipher: borrowing ChaCha20, to output: inout [UInt8], from start: Int
  ) {
    var elements = output.mutableSpan
    // Safe: any byte may be written.
    var bytes = unsafe elements.mutableBytes
    var rest = bytes._mutatingExtracting(droppingFirst: start)
    cipher.apply(to: &rest)
  }

  private static func tag(
    _ cipher: borrowing ChaCha20, _ associated: Span<UInt8>, _ text: Span<UInt8>
  ) -> (low: UInt64, high: UInt64) {
    var authenticator = Poly1305(key: cipher.authenticatorKey())
    defer { authenticator.wipe() }
    // Safe: a span of bytes has no padding.
    authenticator.update(unsafe associated.bytes, isPadded: true)
    authenticator.update(unsafe text.bytes, isPadded: true)
    authenticator.update(UInt64(associated.count), UInt64(text.count))
    return authenticator.finalize()
  }
}
