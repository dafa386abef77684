// Who a segment belongs to: 16 random bytes, made once at the ledger's first start and repeated
// in every segment's header (`schema/log.md` section 1), so that a file from another ledger is
// told at once. It names, it does not protect: the id is no secret.

internal import Bytes
public import LinuxIO

/// The identity of a ledger: 16 bytes.
public struct LedgerID: Hashable, Sendable {
  /// The size of an id.
  public static let sizeBytes = 16

  /// The first eight bytes, as a little-endian number.
  let low: UInt64
  /// The last eight bytes, as a little-endian number.
  let high: UInt64

  /// The id of no ledger: zeros.
  static let zero = LedgerID(low: 0, high: 0)

  private init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Takes the 16 bytes, or gives `nil` when there are more or fewer.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.sizeBytes else { return nil }
    // Safe: a span of bytes has no padding.
    self.init(at: 0, of: unsafe bytes.span.bytes)
  }

  /// Reads the 16 bytes at `offset` of `span`, which has them.
  public init(at offset: Int, of span: RawSpan) {
    low = span.integer(at: offset)
    high = span.integer(at: offset + 8)
  }

  /// Makes an id that no other ledger has.
  ///
  /// - Throws: `SystemError` of getrandom(2).
  public static func random() throws(SystemError) -> LedgerID {
    let bytes = try Randomness.bytes(count: sizeBytes)
    // Safe: a span of bytes has no padding.
    return LedgerID(at: 0, of: unsafe bytes.span.bytes)
  }

  /// The 16 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: low)
    bytes.append(littleEndian: high)
    return bytes
  }
}

extension LedgerID: CustomStringConvertible {
  /// The id as 32 lower-case hexadecimal digits.
  public var description: String { hexadecimal(bytes) }
}

/// Spells bytes as lower-case hexadecimal digits, two each.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  return String(decoding: text, as: UTF8.self)
}
