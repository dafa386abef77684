// Base64 with the alphabet that is safe in URLs, without padding: the parts of a JWT and the
// numbers in a key set (RFC 7515 §2), states and PKCE challenges.
//
// Strict: one text for one sequence of bytes. A signed text that can be spelled in two ways is two
// texts with one signature, so a foreign character, padding, an impossible length or set bits
// behind the last byte are all refused.

/// Base64url without padding.
///
/// - Source: RFC 4648 §5, RFC 7515 appendix C.
public enum Base64URL {
  /// Spells bytes as text.
  ///
  /// - Complexity: O(*n*).
  public static func encode(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var buffer: UInt32 = 0
    var bitCount = 0
    for index in bytes.indices {
      buffer = buffer << 8 | UInt32(bytes[index])
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(character(UInt8(truncatingIfNeeded: buffer >> bitCount & 0x3F)))
      }
    }
    if bitCount > 0 {
      text.append(character(UInt8(truncatingIfNeeded: buffer << (6 - bitCount) & 0x3F)))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads what `encode` has spelled, or gives `nil` for anything that it never spells.
  ///
  /// - Complexity: O(*n*).
  public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var buffer: UInt32 = 0
    var bitCount = 0
    for index in text.indices {
      guard let value = value(of: text[index]) else { return nil }
      buffer = buffer << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bitCount))
      }
    }
    let left = buffer & (1 << bitCount - 1)
    return left == 0 ? bytes : nil
  }

  /// The character for a value below 64.
  private static func character(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "-")
    default: UInt8(ascii: "_")
    }
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
