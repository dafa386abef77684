// Secrets on their way into the log and out of it: sealed by ChaCha20-Poly1305 under a key that is
// derived for this run alone, with a nonce that counts. schema/log.md section 7 says why no nonce
// is used twice, whatever a crash takes back.
// Owner: the thread that owns the store.

import Bytes
import CryptoPrimitives
import EventLog
import LinuxIO
import TokenLedger

/// How a section keeps its secret.
///
/// On-disk values, never renumbered: schema/events.md section 2.
enum SectionForm: UInt8 {
  case plain = 0
  case sealed = 1
}

/// To which event a secret belongs: what its seal binds it to.
struct SecretBinding {
  let sequence: EventSequence
  let token: TokenID?
  let tag: UInt8
  let section: Int

  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: sequence.rawValue)
    bytes.append(littleEndian: token?.rawValue ?? 0)
    bytes.append(tag)
    bytes.append(UInt8(section))
    return bytes
  }
}

/// What a section turned out to hold.
enum OpenedSecret {
  case secret([UInt8])
  /// Its key is not among the ledger's.
  case unknownKey(KeyID)
  /// It is not what was sealed there.
  case forged
}

/// Seals and opens.
struct SecretSealer {
  static let saltSizeBytes = 16
  /// The form, the key's id, the salt, the counter.
  static let headSizeBytes = 1 + KeyID.sizeBytes + saltSizeBytes + 8

  private(set) var keys: KeyRing
  /// Names this run; drawn once, never used by another.
  private let salt: [UInt8]
  /// The derived key of this run.
  private var runKey: RunKey?
  /// How many secrets this run has sealed.
  private var count: UInt64 = 0

  /// Begins a run.
  ///
  /// - Throws: `SystemError` of getrandom(2).
  init(_ keys: KeyRing) throws(SystemError) {
    self.keys = keys
    salt = try Randomness.bytes(count: Self.saltSizeBytes)
    runKey = keys.sealing.map { RunKey($0.derived(salt: salt.span)) }
  }

  /// By how much a section is longer than its secret.
  var overheadBytes: Int {
    runKey == nil ? 1 : Self.headSizeBytes + ChaCha20Poly1305.tagSizeBytes
  }

  /// The section that keeps a secret.
  mutating func section(of secret: Secret, _ binding: SecretBinding) -> [UInt8] {
    guard let runKey, let key = keys.sealing else {
      return [SectionForm.plain.rawValue] + secret.bytes
    }
    var section: [UInt8] = []
    section.reserveCapacity(secret.bytes.count + overheadBytes)
    section.append(SectionForm.sealed.rawValue)
    section += key.id.bytes
    section += salt
    section.append(littleEndian: count)
    let nonce = Self.nonce(count)
    let associated = binding.bytes
    ChaCha20Poly1305.seal(
      secret.bytes.span, key: runKey.bytes.span, nonce: nonce.span, associated: associated.span,
      appendingTo: &section)
    count += 1
    return section
  }

  /// The secret that a section keeps.
  func open(_ section: RawSpan, _ binding: SecretBinding) -> OpenedSecret {
    guard section.byteCount > 1 else { return .forged }
    switch SectionForm(rawValue: section.byte(at: 0)) {
    case .plain: return .secret([UInt8](copying: section.extracting(droppingFirst: 1)))
    case .sealed: return openSealed(section, binding)
    case nil: return .forged
    }
  }

  private func openSealed(_ section: RawSpan, _ binding: SecretBinding) -> OpenedSecret {
    guard section.byteCount > Self.headSizeBytes else { return .forged }
    let salt = [UInt8](copying: section.extracting(5..<5 + Self.saltSizeBytes))
    let counter: UInt64 = section.integer(at: Self.headSizeBytes - 8)
    let id = KeyID(bytes: [UInt8](copying: section.extracting(1..<1 + KeyID.sizeBytes)))
    guard let key = keys[id] else { return .unknownKey(id) }
    let sealed = [UInt8](copying: section.extracting(droppingFirst: Self.headSizeBytes))
    let runKey = RunKey(key.derived(salt: salt.span))
    let nonce = Self.nonce(counter)
    let associated = binding.bytes
    var plain: [UInt8] = []
    let isGood = ChaCha20Poly1305.open(
      sealed.span, key: runKey.bytes.span, nonce: nonce.span, associated: associated.span,
      appendingTo: &plain)
    return isGood ? .secret(plain) : .forged
  }

  private static func nonce(_ counter: UInt64) -> [UInt8] {
    var nonce: [UInt8] = [0, 0, 0, 0]
    nonce.append(littleEndian: counter)
    return nonce
  }
}

/// The key of a run, wiped when nobody has it any more.
private final class RunKey {
  private(set) var bytes: [UInt8]

  init(_ digest: SHA256Digest) { bytes = digest.bytes }

  deinit { bytes.wipe() }
}
