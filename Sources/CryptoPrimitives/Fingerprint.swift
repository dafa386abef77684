// How a secret is shown. Wherever a token, a client secret or a code would stand in a log line, an
// error, a history or a report, its fingerprint stands instead (`design.md` rule 8): enough to see
// that two places mean the same secret, far too little to find the secret again.

/// The first four bytes of a secret's SHA-256, shown as eight lower-case hexadecimal characters.
///
/// Two secrets share a fingerprint by chance once in 2³² pairs: it is for people to compare, never
/// for a program to decide by.
///
///     Fingerprint(of: "abc".utf8Span.span).description  // "ba7816bf"
public struct Fingerprint: Hashable, Sendable {
  /// The four bytes, the first one highest.
  public let rawValue: UInt32

  /// Fingerprints the bytes of a secret.
  ///
  /// - Complexity: O(*n*), no allocation.
  public init(of secret: Span<UInt8>) {
    self.init(SHA256.digest(of: secret))
  }

  /// Shortens a digest of a secret.
  public init(_ digest: SHA256Digest) {
    let bytes = digest.span
    rawValue = (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
  }
}

extension Fingerprint: CustomStringConvertible {
  /// Eight lower-case hexadecimal characters.
  public var description: String {
    let bytes: InlineArray<4, UInt8> = InlineArray {
      UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * $0))
    }
    return hexadecimal(bytes.span)
  }
}
