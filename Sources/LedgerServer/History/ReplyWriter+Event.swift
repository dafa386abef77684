// An event as an entry of the stream, with the fields of schema/events.md section 3.
// Fields and values are text. A secret is shown as its fingerprint; an absent value is an absent
// field. White space in scope names is encoded, so that the names can be told apart again.

import RESP
public import TokenLedger

extension ReplyWriter {
  /// Writes the entry: the event id, then the fields.
  mutating func write(_ event: Event) {
    let fields = EventFields(event)
    writeArrayHeader(count: 2)
    writeBulk(event.id.text)
    writeArrayHeader(count: fields.pairs.count * 2)
    for (name, value) in fields.pairs {
      writeBulk(name)
      writeBulk(value)
    }
  }
}

/// What is shown of an event: names and values, in order, a secret as its fingerprint.
public struct EventFields {
  /// The fields.
  public private(set) var pairs: [(StaticString, [UInt8])] = []

  /// The fields of an event.
  public init(_ event: Event) {
    add("seq", event.sequence.rawValue)
    add("type", event.tag.name.description)
    if let token = event.token { add("token", token.rawValue) }
    add("actor", event.actor.text)
    if let previous = event.previous { add("previous", previous.rawValue) }
    if let cause = event.cause { add("cause", cause.rawValue) }
    if let reason = event.reason { add("reason", reason) }
    if let key = event.key { add("key", key.name) }
    add(event.body)
  }

  private mutating func add(_ body: Event.Body) {
    switch body {
    case .created(let creation): add(creation)
    case .scopesGranted(let names): add("scopes", names.joinedForShowing)
    case .refreshStarted(let lease):
      add("lease_end_us", lease.end.microseconds)
      add("attempt", lease.attempt)
    case .refreshed(let refresh): add(refresh)
    case .refreshFailed(let failure): add(failure)
    case .deleted, .restored, .erased: break
    case .loggedIn(let login):
      add("created_us", login.created.microseconds)
      add("owner_hash", login.ownerHash)
      add("access_fingerprint", login.access)
      add("refresh_fingerprint", login.refresh)
    case .revoked(let revocation):
      guard let failureClass = revocation.failureClass else { break }
      add("class", failureClass.word.description)
      add("code", revocation.code)
    case .opened(let opening):
      add("format_version", opening.formatVersion)
      add("program_version", opening.programVersion)
    case .recovered(let recovery):
      add("segment", recovery.segment)
      add("offset", recovery.offset)
      add("bytes_cut", recovery.bytesCut)
    case .compacted(let compaction):
      add("first", compaction.first.rawValue)
      add("last", compaction.last.rawValue)
      add("bytes_before", compaction.bytesBefore)
      add("bytes_after", compaction.bytesAfter)
    case .compactionStarted(let start): add("grace_ms", start.graceMilliseconds)
    }
  }

  private mutating func add(_ creation: Creation) {
    add("character_id", creation.character.rawValue)
    add("character_name", creation.characterName)
    add("owner_hash", creation.ownerHash)
    add("token_type", creation.type.word.description)
    if let user = creation.user { add("user", user) }
    add("scopes", creation.scopes.joinedForShowing)
    add("created_us", creation.created.microseconds)
    add("sso_version", creation.ssoVersion)
    add("access_fingerprint", creation.access)
    add("refresh_fingerprint", creation.refresh)
  }

  private mutating func add(_ refresh: Refresh) {
    if let fence = refresh.fence { add("fence", fence.rawValue) }
    add("created_us", refresh.created.microseconds)
    add("access_fingerprint", refresh.access)
    add("refresh_token", refresh.refresh.map(\.change) ?? "kept")
    if let replacement = refresh.refresh { add("refresh_fingerprint", replacement) }
    if refresh.isUnverified { add("unverified", "1") }
  }

  private mutating func add(_ failure: RefreshFailure) {
    if let fence = failure.fence { add("fence", fence.rawValue) }
    add("class", failure.failureClass.word.description)
    add("code", failure.code)
    if failure.retryAfterMilliseconds > 0 { add("retry_after_ms", failure.retryAfterMilliseconds) }
    if let rotated = failure.rotated { add("rotated_fingerprint", rotated) }
  }

  // MARK: Values

  private mutating func add(_ name: StaticString, _ number: some BinaryInteger) {
    add(name, String(number))
  }

  private mutating func add(_ name: StaticString, _ text: Text) {
    pairs.append((name, text.utf8))
  }

  private mutating func add(_ name: StaticString, _ bytes: [UInt8]) {
    pairs.append((name, bytes))
  }

  private mutating func add(_ name: StaticString, _ string: String) {
    pairs.append((name, Array(string.utf8)))
  }

  /// A present secret as its fingerprint, the empty one as empty text, null not at all.
  private mutating func add(_ name: StaticString, _ secret: RecordedSecret) {
    switch secret {
    case .null: break
    case .empty: add(name, "")
    case .present(let digest): add(name, digest.fingerprint)
    }
  }
}

extension RecordedSecret {
  /// What a refresh token was replaced by.
  fileprivate var change: String {
    switch self {
    case .null: "null"
    case .empty: "empty"
    case .present: "replaced"
    }
  }
}

extension [Text] {
  /// The names with a space between them; white space and `%` inside a name are percent-encoded, so
  /// that the names can be told apart again.
  fileprivate var joinedForShowing: [UInt8] {
    var bytes: [UInt8] = []
    for name in self {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
      if name.isPlain {
        bytes.append(contentsOf: name.utf8)
      } else {
        bytes.append(contentsOf: name.percentEncoded.utf8)
      }
    }
    return bytes
  }
}

extension Text {
  /// Whether every byte shows itself, as in nearly every scope there is.
  ///
  /// A character of it at a time would cost thirty times as much. Benchmark: "history", XRANGE.
  fileprivate var isPlain: Bool {
    utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "%") }
  }

  fileprivate var percentEncoded: String {
    var encoded = ""
    for scalar in string.unicodeScalars {
      if scalar.properties.isWhitespace || scalar == "%" || scalar.value < 0x20 {
        for byte in String(scalar).utf8 { encoded += "%" + byte.hexadecimal }
      } else {
        encoded.unicodeScalars.append(scalar)
      }
    }
    return encoded
  }
}

extension UInt8 {
  fileprivate var hexadecimal: String {
    let digits = String(self, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
  }
}
