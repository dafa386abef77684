// Secrets meet SHA-256 here: the domain knows digests and cannot make them, as it imports no
// cryptography. A secret's digest is the first eight bytes of its SHA-256, and the state's digest
// is the whole one: schema/events.md sections 2 and 4.

import Bytes
public import CryptoPrimitives
public import TokenLedger

extension SecretInput {
  /// A secret as a client sent it: the empty text is a state of its own.
  ///
  /// - Complexity: O(bytes).
  public init(hashing bytes: [UInt8]) {
    guard !bytes.isEmpty else {
      self = .empty
      return
    }
    self = .secret(Secret(bytes: bytes, digest: SecretDigest(hashing: bytes.span)))
  }
}

extension SecretDigest {
  /// The digest of a secret: the first eight bytes of its SHA-256.
  public init(hashing bytes: Span<UInt8>) {
    let digest = SHA256.digest(of: bytes)
    self.init(digest.leadingNumber)
  }
}

extension SHA256Digest {
  /// The first eight bytes, the first one highest.
  var leadingNumber: UInt64 {
    bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension IdempotencyKey {
  /// A key whose digest is that of the canonical bytes of the request.
  public init(name: Text, hashingRequest request: Span<UInt8>) {
    self.init(name: name, requestDigest: SHA256.digest(of: request).leadingNumber)
  }
}

extension LedgerState {
  /// The state digest: SHA-256 over the canonical bytes (schema/events.md section 4).
  ///
  /// - Complexity: O(tokens · log tokens + bytes).
  public func digest() -> SHA256Digest {
    var hash = SHA256()
    forEachCanonicalPortion { hash.update($0) }
    return hash.finalize()
  }
}
