// A token's 88 bytes in a snapshot: schema/snapshot.md section 1. Encoding and decoding go field by
// field in the order of the page.
// Invariant: bytes that are decoded encode to the same bytes again.

import Bytes

extension TokenRecord {
  private static let corporation: UInt8 = 1
  private static let deleted: UInt8 = 2
  private static let erased: UInt8 = 4

  /// Appends the token's bytes.
  func encode(into bytes: inout [UInt8]) {
    bytes.append(littleEndian: id)
    bytes.append(littleEndian: character)
    bytes.append(littleEndian: created)
    bytes.append(littleEndian: lastEvent.rawValue)
    access.encodePlace(into: &bytes)
    refresh.encodePlace(into: &bytes)
    bytes.append(littleEndian: set)
    bytes.append(littleEndian: user &+ 1)  // noUser wraps to 0
    bytes.append(littleEndian: owner)
    bytes.append(littleEndian: name)
    bytes.append(littleEndian: version)
    bytes.append(littleEndian: ssoVersion)
    bytes.append(
      (type == .corporation ? Self.corporation : 0) | (isDeleted ? Self.deleted : 0)
        | (isErased ? Self.erased : 0))
    bytes.append(access.form | refresh.form << 4)
  }

  /// Decodes the token at `offset`, or gives nil for flags and secrets that are none.
  init?(_ body: RawSpan, at offset: Int) {
    let flags = body.byte(at: offset + 86)
    let forms = body.byte(at: offset + 87)
    guard flags & ~(Self.corporation | Self.deleted | Self.erased) == 0,
      let access = SecretReference(form: forms & 15, body, at: offset + 32),
      let refresh = SecretReference(form: forms >> 4, body, at: offset + 48)
    else { return nil }
    id = body.integer(at: offset)
    character = body.integer(at: offset + 8)
    created = body.integer(at: offset + 16)
    lastEvent = EventSequence(body.integer(at: offset + 24))
    self.access = access
    self.refresh = refresh
    set = body.integer(at: offset + 64)
    user = body.integer(UInt32.self, at: offset + 68) &- 1
    owner = body.integer(at: offset + 72)
    name = body.integer(at: offset + 76)
    version = body.integer(at: offset + 80)
    ssoVersion = body.integer(at: offset + 84)
    type = flags & Self.corporation == 0 ? .character : .corporation
    isDeleted = flags & Self.deleted != 0
    isErased = flags & Self.erased != 0
  }
}

extension SecretReference {
  /// The kind in bits 0 and 1, the section in bits 2 and 3.
  var form: UInt8 {
    precondition(section < 4, "no event has more than four secrets")
    return switch recorded {
    case .null: section << 2
    case .empty: section << 2 | 1
    case .present: section << 2 | 2
    }
  }

  /// Appends the digest and the sequence, 16 bytes.
  func encodePlace(into bytes: inout [UInt8]) {
    bytes.append(littleEndian: recorded.digest?.rawValue ?? 0)
    bytes.append(littleEndian: sequence.rawValue)
  }

  /// Decodes the reference whose digest is at `offset`, or gives nil for a form that is none.
  init?(form: UInt8, _ body: RawSpan, at offset: Int) {
    let digest = body.integer(UInt64.self, at: offset)
    switch form & 3 {
    case 0 where digest == 0: recorded = .null
    case 1 where digest == 0: recorded = .empty
    case 2: recorded = .present(SecretDigest(digest))
    default: return nil
    }
    guard form < 16 else { return nil }
    sequence = EventSequence(body.integer(at: offset + 8))
    section = form >> 2
  }
}
