// Keyed hashing, and the one derivation of keys that is made of it.
// Source: RFC 2104 and FIPS 198-1 (HMAC), RFC 5869 (HKDF). Invariant: what went into the inner and
// the outer hash is wiped by nobody but the hash's own end; keys are handed in as spans of buffers
// that their owner wipes.

internal import Bytes

/// HMAC with SHA-256.
public enum HMACSHA256 {
  /// The code of `message` under `key`, which may have any size.
  ///
  /// - Complexity: O(bytes), no allocation beyond the padded key.
  public static func code(of message: Span<UInt8>, key: Span<UInt8>) -> SHA256Digest {
    var block = [UInt8](repeating: 0, count: SHA256.blockSizeBytes)
    defer { block.wipe() }
    if key.count > block.count {
      let digest = SHA256.digest(of: key)
      for index in 0..<SHA256Digest.sizeBytes { block[index] = digest.span[index] }
    } else {
      for index in key.indices { block[index] = key[index] }
    }
    for index in block.indices { block[index] ^= 0x36 }
    var inner = SHA256()
    inner.update(block.span)
    inner.update(message)
    for index in block.indices { block[index] ^= 0x36 ^ 0x5c }
    var outer = SHA256()
    outer.update(block.span)
    outer.update(inner.finalize().span)
    return outer.finalize()
  }
}

/// HKDF with SHA-256, for keys of up to 32 bytes: one block of output.
public enum HKDFSHA256 {
  /// A key of 32 bytes for one use, from a key for many.
  ///
  /// - Parameters:
  ///   - key: The input keying material.
  ///   - salt: Random; another one gives an unrelated key.
  ///   - info: What the key is for.
  /// - Returns: The 32 bytes of the derived key.
  /// - Source: RFC 5869 section 2, with L = 32.
  public static func derive(
    from key: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>
  ) -> SHA256Digest {
    let extracted = HMACSHA256.code(of: key, key: salt)
    var message = [UInt8](copying: info)
    message.append(1)
    return HMACSHA256.code(of: message.span, key: extracted.span)
  }
}
