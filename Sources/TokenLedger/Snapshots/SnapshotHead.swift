// The head of a snapshot's body: how far the state has come, and how much of everything follows.
// Layout: schema/snapshot.md section 1. Invariant: a head that was decoded announces exactly the
// bytes that are there, so that no count in it can ask for more memory than they justify.

import Bytes

/// How many texts a catalog has, and how many bytes they take.
struct TextAmount: Equatable {
  var count: Int
  var byteCount: Int
}

/// The first 128 bytes.
struct SnapshotHead: Equatable {
  static let version: UInt64 = 1
  static let byteCount = 128

  var lastSequence: EventSequence
  var lastEventID: EventID
  var texts: TextAmount
  var users: TextAmount
  var scopes: TextAmount
  var keys: TextAmount
  /// Without set 0.
  var setCount: Int
  var tokenCount: Int
  var memberCount: Int
  var liveCount: Int
  var previousCount: Int
  var leaseCount: Int
  var heldBackCount: Int
}

extension SnapshotHead {
  /// Appends the head's bytes.
  func encode(into bytes: inout [UInt8]) {
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: lastSequence.rawValue)
    bytes.append(littleEndian: lastEventID.milliseconds)
    bytes.append(littleEndian: lastEventID.counter)
    for amount in [texts, users, scopes, keys] {
      bytes.append(littleEndian: UInt64(amount.count))
      bytes.append(littleEndian: UInt64(amount.byteCount))
    }
    bytes.append(littleEndian: UInt32(setCount))
    bytes.append(littleEndian: UInt32(tokenCount))
    bytes.append(littleEndian: UInt64(memberCount))
    for count in [liveCount, previousCount, leaseCount, heldBackCount] {
      bytes.append(littleEndian: UInt32(count))
    }
  }

  /// Decodes the head of `body` and holds its sizes against the bytes that there are.
  ///
  /// - Complexity: O(1).
  init(_ body: RawSpan) throws(SnapshotError) {
    guard body.byteCount >= Self.byteCount else { throw .tooShort(byteCount: body.byteCount) }
    let version = body.integer(UInt64.self, at: 0)
    guard version == Self.version else { throw .unknownVersion(version) }
    lastSequence = EventSequence(body.integer(at: 8))
    lastEventID = EventID(milliseconds: body.integer(at: 16), counter: body.integer(at: 24))
    // The last number has no event after it; before the first event there is no id.
    guard lastSequence.rawValue < .max, lastSequence > .zero || lastEventID == .zero
    else { throw .invalid(field: "last sequence", offset: 8) }
    texts = try Self.amount(of: body, at: 32)
    users = try Self.amount(of: body, at: 48)
    scopes = try Self.amount(of: body, at: 64)
    keys = try Self.amount(of: body, at: 80)
    setCount = Int(body.integer(UInt32.self, at: 96))
    tokenCount = Int(body.integer(UInt32.self, at: 100))
    memberCount = try Self.size(of: body, at: 104)
    liveCount = Int(body.integer(UInt32.self, at: 112))
    previousCount = Int(body.integer(UInt32.self, at: 116))
    leaseCount = Int(body.integer(UInt32.self, at: 120))
    heldBackCount = Int(body.integer(UInt32.self, at: 124))
    let announced = SnapshotLayout(self).byteCount
    guard announced == body.byteCount
    else { throw .wrongSize(announced: announced, actual: body.byteCount) }
  }

  private static func amount(
    of body: RawSpan, at offset: Int
  ) throws(SnapshotError) -> TextAmount {
    // Numbers of texts are 32 bits wide, and the highest of them has a meaning of its own.
    let count = try size(of: body, at: offset)
    guard count < UInt32.max else { throw .invalid(field: "count", offset: offset) }
    return TextAmount(count: count, byteCount: try size(of: body, at: offset + 8))
  }

  /// A 64-bit count of things that take a byte each at least.
  private static func size(of body: RawSpan, at offset: Int) throws(SnapshotError) -> Int {
    let count = body.integer(UInt64.self, at: offset)
    guard count <= UInt64(body.byteCount) else { throw .invalid(field: "count", offset: offset) }
    return Int(count)
  }
}
