// An event's facts as bytes: schema/events.md section 2. The twin is Event+Decoding.
// Invariant: one event, one encoding; what is written here, the twin reads back as the same event.
// Cost: appends to the caller's buffer and allocates nothing of its own.

import Bytes

extension Event {
  /// Which optional parts of the envelope are there.
  enum Presence {
    static let actor: UInt8 = 1
    static let clientName: UInt8 = 2
    static let cause: UInt8 = 4
    static let reason: UInt8 = 8
    static let key: UInt8 = 16
    static let all: UInt8 = 31
  }

  /// Appends the facts to `bytes`.
  ///
  /// The sequence is left out: the place in the log says it.
  ///
  /// - Precondition: `previous`, `cause` and the fence are events before this one.
  /// - Complexity: O(bytes).
  public func encodeFacts(into bytes: inout [UInt8]) {
    precondition(
      isEarlier(previous) && isEarlier(cause) && isEarlier(body.fence),
      "an event names only events before it")
    bytes.append(tag.rawValue)
    bytes.append(presence)
    bytes.append(varint: id.milliseconds)
    bytes.append(varint: id.counter)
    bytes.append(varint: UInt64(token?.rawValue ?? 0))
    bytes.append(varint: previous.map { sequence.rawValue - $0.rawValue } ?? 0)
    if case .peer(let uid, let pid, let clientName) = actor {
      bytes.append(varint: UInt64(uid))
      bytes.append(varint: UInt64(pid))
      if let clientName { bytes.append(prefixed: clientName.utf8) }
    }
    if let cause { bytes.append(varint: cause.rawValue) }
    if let reason { bytes.append(prefixed: reason.utf8) }
    if let key {
      bytes.append(prefixed: key.name.utf8)
      bytes.append(littleEndian: key.requestDigest)
    }
    body.encode(into: &bytes)
  }

  /// Whether `other` is an event before this one, or none: else the facts would not read back.
  private func isEarlier(_ other: EventSequence?) -> Bool {
    guard let other else { return true }
    return other > .zero && other < sequence
  }

  private var presence: UInt8 {
    var bits: UInt8 = 0
    if case .peer(_, _, let clientName) = actor {
      bits |= Presence.actor | (clientName == nil ? 0 : Presence.clientName)
    }
    if cause != nil { bits |= Presence.cause }
    if reason != nil { bits |= Presence.reason }
    if key != nil { bits |= Presence.key }
    return bits
  }
}

extension Event.Body {
  /// The `refreshStarted` that an outcome answers.
  fileprivate var fence: EventSequence? {
    switch self {
    case .refreshed(let refresh): refresh.fence
    case .refreshFailed(let failure): failure.fence
    default: nil
    }
  }

  fileprivate func encode(into bytes: inout [UInt8]) {
    switch self {
    case .created(let creation): creation.encode(into: &bytes)
    case .scopesGranted(let names): names.encode(into: &bytes)
    case .refreshStarted(let lease):
      bytes.append(signedVarint: lease.end.microseconds)
      bytes.append(varint: UInt64(lease.attempt))
    case .refreshed(let refresh): refresh.encode(into: &bytes)
    case .refreshFailed(let failure): failure.encode(into: &bytes)
    case .deleted, .restored, .erased: break
    case .loggedIn(let login): login.encode(into: &bytes)
    case .revoked(let revocation):
      bytes.append(revocation.failureClass?.rawValue ?? 0)
      bytes.append(prefixed: revocation.code.utf8)
    case .opened(let opening):
      bytes.append(varint: opening.formatVersion)
      bytes.append(prefixed: opening.programVersion.utf8)
    case .recovered(let recovery):
      bytes.append(prefixed: recovery.segment.utf8)
      bytes.append(varint: recovery.offset)
      bytes.append(varint: recovery.bytesCut)
    case .compacted(let compaction):
      bytes.append(varint: compaction.first.rawValue)
      bytes.append(varint: compaction.last.rawValue)
      bytes.append(varint: compaction.bytesBefore)
      bytes.append(varint: compaction.bytesAfter)
    case .compactionStarted(let start):
      bytes.append(varint: start.graceMilliseconds)
    }
  }
}

extension Creation {
  /// Appends the fields; also the form in which the state digest sees a token.
  func encode(into bytes: inout [UInt8]) {
    bytes.append(signedVarint: character.rawValue)
    bytes.append(prefixed: characterName.utf8)
    bytes.append(prefixed: ownerHash.utf8)
    bytes.append(type.rawValue)
    bytes.append(user == nil ? 0 : 1)
    if let user { bytes.append(prefixed: user.utf8) }
    scopes.encode(into: &bytes)
    bytes.append(signedVarint: created.microseconds)
    bytes.append(varint: UInt64(ssoVersion))
    access.encode(into: &bytes)
    refresh.encode(into: &bytes)
  }
}

extension Refresh {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(varint: fence?.rawValue ?? 0)
    bytes.append(signedVarint: created.microseconds)
    access.encode(into: &bytes)
    bytes.append(refresh == nil ? 0 : 1)
    refresh?.encode(into: &bytes)
    bytes.append(isUnverified ? 1 : 0)
  }
}

extension Login {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(signedVarint: created.microseconds)
    bytes.append(prefixed: ownerHash.utf8)
    access.encode(into: &bytes)
    refresh.encode(into: &bytes)
  }
}

extension RefreshFailure {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(varint: fence?.rawValue ?? 0)
    bytes.append(failureClass.rawValue)
    bytes.append(prefixed: code.utf8)
    bytes.append(varint: retryAfterMilliseconds)
    bytes.append(rotated == nil ? 0 : 1)
    rotated?.encode(into: &bytes)
  }
}

extension RecordedSecret {
  /// Appends the form byte and, of a present secret, the first 8 bytes of its SHA-256 in order.
  func encode(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(0)
    case .empty: bytes.append(1)
    case .present(let digest):
      bytes.append(2)
      bytes.append(littleEndian: digest.rawValue.bigEndian)
    }
  }
}

extension [Text] {
  fileprivate func encode(into bytes: inout [UInt8]) {
    bytes.append(varint: UInt64(count))
    for name in self { bytes.append(prefixed: name.utf8) }
  }
}
