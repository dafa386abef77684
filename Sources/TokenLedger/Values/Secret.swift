// Access tokens and refresh tokens. Their bytes pass through memory on their way to and from the
// log and are held nowhere else.
// Invariant: no description, reflection or dump shows a byte of a secret; the fingerprint stands in
// its place.

/// The first eight bytes of a secret's SHA-256, as a big-endian number.
///
/// Equal digests mean equal secrets, but for one chance in 2^64.
public struct SecretDigest: Hashable, Sendable {
  /// The eight bytes, the first one highest.
  public let rawValue: UInt64

  /// Wraps `rawValue`.
  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// What is shown in a secret's place: the first 8 hex digits of its SHA-256.
  public var fingerprint: String {
    let digits = String(rawValue >> 32, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// A secret on its way to the log.
public struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  /// The secret itself, not empty.
  public let bytes: [UInt8]
  /// Its digest.
  public let digest: SecretDigest

  /// Wraps a secret and its digest, which the caller computed (this module has no SHA-256).
  ///
  /// - Precondition: `bytes` is not empty; emptiness is a state of its own.
  public init(bytes: [UInt8], digest: SecretDigest) {
    precondition(!bytes.isEmpty, "an empty secret is SecretInput.empty")
    self.bytes = bytes
    self.digest = digest
  }

  /// The fingerprint only.
  public var description: String { "secret \(digest.fingerprint)" }

  /// Shows nothing of the bytes, also not to `dump`.
  public var customMirror: Mirror { Mirror(self, children: ["fingerprint": digest.fingerprint]) }
}

/// A secret as a command brings it.
public enum SecretInput: Sendable {
  /// None: null in SQL.
  case null
  /// The empty text, which django-esi treats unlike null.
  case empty
  /// A secret.
  case secret(Secret)

  /// The secret, where it is neither null nor empty.
  public var secret: Secret? {
    if case .secret(let secret) = self { secret } else { nil }
  }

  /// What the facts of an event keep of it.
  public var recorded: RecordedSecret {
    switch self {
    case .null: .null
    case .empty: .empty
    case .secret(let secret): .present(secret.digest)
    }
  }
}

/// What the facts of an event keep of a secret.
public enum RecordedSecret: Hashable, Sendable {
  /// None: null in SQL.
  case null
  /// The empty text.
  case empty
  /// A secret with this digest; its bytes are in a section of the event.
  case present(SecretDigest)

  /// The digest of a present secret.
  public var digest: SecretDigest? {
    if case .present(let digest) = self { digest } else { nil }
  }
}
