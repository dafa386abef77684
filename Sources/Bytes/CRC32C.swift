// CRC-32C, the checksum of every frame on disk (`schema/log.md`).
//
// It finds damage, not forgery: the log's SHA-256 chain is for that. The processor's instruction is
// used where there is one (7 to 10 GB/s), tables elsewhere (2 GB/s); both give the same value.

internal import CIntrinsics

/// A running CRC-32C (Castagnoli) checksum.
///
/// Its value can be read at any point and can seed another one, which then continues as if the
/// bytes had been given to a single checksum:
///
///     var crc = CRC32C()
///     crc.update("123456789".utf8Span.span)
///     crc.value  // 0xE3069283
///
/// - Source: RFC 3720 appendix B.4; the check value is that of the CRC catalogue, "CRC-32/ISCSI".
public struct CRC32C: Equatable, Sendable {
  /// The checksum of all bytes given so far.
  public private(set) var value: UInt32

  /// Starts a checksum, or continues the one whose value is `seed`.
  public init(seed: UInt32 = 0) {
    value = seed
  }

  /// Takes in more bytes.
  ///
  /// - Complexity: O(*n*), no allocation.
  public mutating func update(_ bytes: RawSpan) {
    let seed = value
    // Safe: (1) the pointer and the count come from one span, (2) the function reads `count` bytes
    // from the pointer and keeps neither, (3) it accepts null when the count is zero.
    value = unsafe bytes.withUnsafeBytes { buffer in
      unsafe ci_crc32c(seed, buffer.baseAddress, buffer.count)
    }
  }

  /// Takes in more bytes.
  ///
  /// - Complexity: O(*n*), no allocation.
  public mutating func update(_ bytes: Span<UInt8>) {
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    update(unsafe bytes.bytes)
  }

  /// Takes in more bytes by the table method, whatever the processor has: the twin the tests hold
  /// against `update`.
  package mutating func updateInSoftware(_ bytes: RawSpan) {
    let seed = value
    value = unsafe bytes.withUnsafeBytes { buffer in
      unsafe ci_crc32c_software(seed, buffer.baseAddress, buffer.count)
    }
  }

  /// Whether `update` uses an instruction of this processor.
  package static var isHardware: Bool { ci_crc32c_is_hardware() }
}
