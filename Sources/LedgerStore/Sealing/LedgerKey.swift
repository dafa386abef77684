// A key of a ledger, and the ring of keys that a key file holds: the last one seals, all of them
// open. schema/log.md section 7 has the file's form.
// Invariant: key bytes have one owner, never leave this module, and are wiped when it ends. What is
// shown of a key is its id.

import CryptoPrimitives

/// A key of 32 bytes, and its name.
final class LedgerKey: @unchecked Sendable {
  static let sizeBytes = ChaCha20Poly1305.keySizeBytes

  /// Names the key: the first four bytes of its SHA-256.
  let id: KeyID
  // Safe: written when the key is made and when it ends, and only read in between.
  private var bytes: [UInt8]

  /// Takes 32 bytes, or gives nil for more or fewer.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.sizeBytes else { return nil }
    self.bytes = bytes
    id = KeyID(bytes: Array(SHA256.digest(of: bytes.span).bytes.prefix(KeyID.sizeBytes)))
  }

  deinit { bytes.wipe() }

  /// The key for the secrets of one run, known by its salt.
  func derived(salt: Span<UInt8>) -> SHA256Digest {
    let purpose = Array("tokenledger secret 1".utf8)
    let bytes = self.bytes
    return HKDFSHA256.derive(from: bytes.span, salt: salt, info: purpose.span)
  }

  /// The key's line in a key file.
  fileprivate var line: String {
    let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return "key \(id) \(digits)\n"
  }
}

/// The name of a key.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
  static let sizeBytes = 4

  let bytes: [UInt8]

  init(bytes: [UInt8]) {
    precondition(bytes.count == Self.sizeBytes, "a key's id has four bytes")
    self.bytes = bytes
  }

  /// Eight lower-case hexadecimal digits.
  public var description: String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

/// The keys of a ledger.
public struct KeyRing: Sendable {
  /// In the order of the file: the last one seals.
  private var keys: [LedgerKey] = []

  /// No key.
  public init() {}

  /// One key.
  init(_ key: LedgerKey) { keys = [key] }

  /// The ids, in the order of the file: the last one seals.
  public var ids: [KeyID] { keys.map(\.id) }

  /// The key that seals.
  var sealing: LedgerKey? { keys.last }

  /// The key with an id.
  subscript(id: KeyID) -> LedgerKey? { keys.first { $0.id == id } }

  /// Adds a key, which seals from then on.
  mutating func add(_ key: LedgerKey) { keys.append(key) }

  /// Adds keys of another ring that this one lacks; they only open.
  mutating func addForOpening(_ other: KeyRing) {
    keys.insert(contentsOf: other.keys.filter { self[$0.id] == nil }, at: 0)
  }
}

extension KeyRing {
  /// The most keys of a file.
  static let maximumCount = 1000

  /// Reads the text of a key file.
  ///
  /// - Throws: which line is wrong, never what stands in it.
  init(text: [UInt8]) throws(KeyFileProblem) {
    for (index, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(separator: 0x20)
      guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
      guard words.count == 3, first.elementsEqual("key".utf8),
        let bytes = Self.bytes(words[2]), let key = LedgerKey(bytes)
      else { throw .malformed(line: index + 1) }
      guard words[1].elementsEqual(key.id.description.utf8) else { throw .wrongID(line: index + 1) }
      guard keys.count < Self.maximumCount else { throw .tooManyKeys }
      keys.append(key)
    }
    guard !keys.isEmpty else { throw .empty }
  }

  /// The text of a key file.
  func text() -> [UInt8] {
    let head = """
      # The keys of a tokenledger: the last one seals secrets, all of them open what they sealed.
      # Whoever has this file and the log has the tokens. Keep a copy, and not beside the log.

      """
    return Array(head.utf8) + keys.flatMap { Array($0.line.utf8) }
  }

  private static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count == 2 * LedgerKey.sizeBytes else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
      guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// What is wrong with a key file; the ledger is as it was.
public enum KeyFileProblem: Error, Equatable, Sendable {
  /// A line that is neither empty, a comment nor a key.
  case malformed(line: Int)
  /// A key whose id is not its own: it was changed.
  case wrongID(line: Int)
  /// There is no key in it.
  case empty
  /// More keys than a ring takes.
  case tooManyKeys
  /// Others than the owner may read it.
  case readableByOthers
  /// It is no plain file, or too large for one.
  case notAKeyFile
}

extension KeyFileProblem: CustomStringConvertible {
  /// The problem, and what would be right.
  public var description: String {
    switch self {
    case .malformed(let line): "line \(line) is no key (key ID 64-HEX-DIGITS)"
    case .wrongID(let line): "the key on line \(line) does not fit its id"
    case .empty: "there is no key in it"
    case .tooManyKeys: "more than \(KeyRing.maximumCount) keys"
    case .readableByOthers: "others may read it; chmod 600"
    case .notAKeyFile: "it is no key file"
    }
  }
}
