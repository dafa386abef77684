// An event's facts from bytes: schema/events.md section 2. What encode cannot have written is
// refused: unknown tags and bits, second spellings, names out of order, left-over bytes.
// Nothing is allocated from a number before the bytes that it counts were seen.
// Invariant: facts that are decoded encode to the same bytes again.

public import Bytes

/// Why the facts of an event could not be decoded.
///
/// Offsets count from the start of the facts.
public enum EventDecodingError: Error, Equatable, Sendable {
  /// The bytes end too early, or a number is malformed.
  case unreadable(ReadError)
  /// A tag that this version does not know.
  case unknownTag(UInt8)
  /// A value outside of its range; the field's name is one of schema/events.md.
  case invalid(field: StaticString, offset: Int)
  /// Bytes are left after the last field.
  case leftOver(offset: Int)

  /// Compares the cases, and field names by their text.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.unreadable(let left), .unreadable(let right)): left == right
    case (.unknownTag(let left), .unknownTag(let right)): left == right
    case (.invalid(let left, let at), .invalid(let right, let other)):
      left.description == right.description && at == other
    case (.leftOver(let left), .leftOver(let right)): left == right
    default: false
    }
  }
}

extension EventDecodingError: CustomStringConvertible {
  /// What is wrong, without any byte of the event.
  public var description: String {
    switch self {
    case .unreadable(.truncated(let offset)): "its facts end too early, at \(offset)"
    case .unreadable(.malformedNumber(let offset)): "a malformed number at \(offset)"
    case .unknownTag(let tag): "tag \(tag) is unknown to this version"
    case .invalid(let field, let offset): "its \(field) is out of range, before offset \(offset)"
    case .leftOver(let offset): "bytes are left over at \(offset)"
    }
  }
}

extension Event {
  /// The id of the event with these facts.
  ///
  /// - Throws: as ``init(facts:sequence:)``, for the part before it.
  /// - Complexity: O(1).
  public static func id(inFacts facts: RawSpan) throws(EventDecodingError) -> EventID {
    var decoder = EventDecoder(facts)
    _ = try decoder.readTag()
    _ = try decoder.readByte()
    return try EventID(milliseconds: decoder.readVarint(), counter: decoder.readVarint())
  }

  /// The token that the event with these facts happened to, if it did to one.
  ///
  /// - Throws: as ``init(facts:sequence:)``, for the part before it.
  /// - Complexity: O(1).
  public static func token(inFacts facts: RawSpan) throws(EventDecodingError) -> TokenID? {
    var decoder = EventDecoder(facts)
    let tag = try decoder.readTag()
    _ = try decoder.readByte()
    _ = try decoder.readVarint()
    _ = try decoder.readVarint()
    return try decoder.readToken(for: tag)
  }

  /// Decodes the facts of the event that has `sequence`.
  ///
  /// - Throws: what is wrong with the bytes; a log that holds them is damaged or newer.
  /// - Complexity: O(bytes).
  public init(facts: RawSpan, sequence: EventSequence) throws(EventDecodingError) {
    var decoder = EventDecoder(facts)
    let tag = try decoder.readTag()
    let presence = try decoder.readByte()
    guard presence & ~Presence.all == 0 else { throw decoder.invalid("presence") }
    self.sequence = sequence
    id = try EventID(milliseconds: decoder.readVarint(), counter: decoder.readVarint())
    token = try decoder.readToken(for: tag)
    previous = try decoder.readPrevious(of: sequence)
    actor = try decoder.readActor(presence)
    cause = presence & Presence.cause == 0 ? nil : try decoder.readEarlier("cause", than: sequence)
    reason = presence & Presence.reason == 0 ? nil : try decoder.readText("reason")
    key = presence & Presence.key == 0 ? nil : try decoder.readKey()
    body = try decoder.readBody(tag, of: sequence)
    guard decoder.isAtEnd else { throw .leftOver(offset: decoder.position) }
  }
}

/// A reader that speaks the types of the domain.
private struct EventDecoder: ~Escapable {
  private var reader: ByteReader

  @_lifetime(copy facts)
  init(_ facts: RawSpan) {
    reader = ByteReader(facts)
  }

  var isAtEnd: Bool { reader.isAtEnd }
  var position: Int { reader.position }

  func invalid(_ field: StaticString) -> EventDecodingError {
    .invalid(field: field, offset: reader.position)
  }

  // MARK: Bytes and numbers

  @_lifetime(self: copy self)
  mutating func readByte() throws(EventDecodingError) -> UInt8 {
    do throws(ReadError) { return try reader.readByte() } catch { throw .unreadable(error) }
  }

  @_lifetime(self: copy self)
  mutating func readVarint() throws(EventDecodingError) -> UInt64 {
    do throws(ReadError) { return try reader.readVarint() } catch { throw .unreadable(error) }
  }

  @_lifetime(self: copy self)
  mutating func readNumber<Value: FixedWidthInteger>(
    _ field: StaticString
  ) throws(EventDecodingError) -> Value {
    guard let value = try Value(exactly: readVarint()) else { throw invalid(field) }
    return value
  }

  @_lifetime(self: copy self)
  mutating func readSigned() throws(EventDecodingError) -> Int64 {
    do throws(ReadError) { return try reader.readSignedVarint() } catch { throw .unreadable(error) }
  }

  @_lifetime(self: copy self)
  mutating func readUInt64() throws(EventDecodingError) -> UInt64 {
    do throws(ReadError) { return try reader.readInteger() } catch { throw .unreadable(error) }
  }

  /// Reads a byte that says no (0) or yes (1).
  @_lifetime(self: copy self)
  mutating func readFlag(_ field: StaticString) throws(EventDecodingError) -> Bool {
    let byte = try readByte()
    guard byte <= 1 else { throw invalid(field) }
    return byte == 1
  }

  @_lifetime(self: copy self)
  mutating func readText(_ field: StaticString) throws(EventDecodingError) -> Text {
    let bytes: [UInt8]
    do throws(ReadError) {
      bytes = [UInt8](copying: try reader.readPrefixedBytes())
    } catch { throw .unreadable(error) }
    guard let text = Text(bytes.span) else { throw invalid(field) }
    return text
  }

  @_lifetime(self: copy self)
  mutating func readTime(_ field: StaticString) throws(EventDecodingError) -> UnixTime {
    guard let time = try UnixTime(microseconds: readSigned()) else { throw invalid(field) }
    return time
  }

  // MARK: The envelope

  @_lifetime(self: copy self)
  mutating func readTag() throws(EventDecodingError) -> Event.Tag {
    let byte = try readByte()
    guard let tag = Event.Tag(rawValue: byte) else { throw .unknownTag(byte) }
    return tag
  }

  @_lifetime(self: copy self)
  mutating func readToken(for tag: Event.Tag) throws(EventDecodingError) -> TokenID? {
    let number: Int64 = try readNumber("token")
    guard tag.concernsToken == (number > 0) else { throw invalid("token") }
    return TokenID(number)
  }

  @_lifetime(self: copy self)
  mutating func readPrevious(
    of sequence: EventSequence
  ) throws(EventDecodingError) -> EventSequence? {
    let distance = try readVarint()
    guard distance < sequence.rawValue else { throw invalid("previous") }
    return distance == 0 ? nil : EventSequence(sequence.rawValue - distance)
  }

  /// Reads a sequence that must be before `sequence`.
  @_lifetime(self: copy self)
  mutating func readEarlier(
    _ field: StaticString, than sequence: EventSequence
  ) throws(EventDecodingError) -> EventSequence {
    let number = try readVarint()
    guard number > 0, number < sequence.rawValue else { throw invalid(field) }
    return EventSequence(number)
  }

  @_lifetime(self: copy self)
  mutating func readActor(_ presence: UInt8) throws(EventDecodingError) -> Actor {
    let hasName = presence & Event.Presence.clientName != 0
    guard presence & Event.Presence.actor != 0 else {
      guard !hasName else { throw invalid("client") }
      return .system
    }
    return try .peer(
      uid: readNumber("uid"), pid: readNumber("pid"),
      clientName: hasName ? readText("client") : nil)
  }

  @_lifetime(self: copy self)
  mutating func readKey() throws(EventDecodingError) -> IdempotencyKey {
    try IdempotencyKey(name: readText("key"), requestDigest: readUInt64())
  }

  // MARK: The fields of each kind

  @_lifetime(self: copy self)
  mutating func readBody(
    _ tag: Event.Tag, of sequence: EventSequence
  ) throws(EventDecodingError) -> Event.Body {
    switch tag {
    case .created: return try .created(readCreation())
    case .scopesGranted: return try .scopesGranted(readScopes())
    case .refreshStarted:
      return try .refreshStarted(Lease(end: readTime("end"), attempt: readNumber("attempt")))
    case .refreshed: return try .refreshed(readRefresh(of: sequence))
    case .refreshFailed: return try .refreshFailed(readFailure(of: sequence))
    case .deleted: return .deleted
    case .restored: return .restored
    case .loggedIn:
      return try .loggedIn(
        Login(
          created: readTime("created"), ownerHash: readText("owner hash"),
          access: readSecret("access"), refresh: readSecret("refresh")))
    case .revoked: return try .revoked(readRevocation())
    case .erased: return .erased
    case .opened:
      return try .opened(
        Opening(formatVersion: readVarint(), programVersion: readText("program version")))
    case .recovered:
      return try .recovered(
        TailCut(segment: readText("segment"), offset: readVarint(), bytesCut: readVarint()))
    case .compacted:
      return try .compacted(
        Compaction(
          first: EventSequence(readVarint()), last: EventSequence(readVarint()),
          bytesBefore: readVarint(), bytesAfter: readVarint()))
    case .compactionStarted:
      return try .compactionStarted(CompactionStart(graceMilliseconds: readVarint()))
    }
  }

  @_lifetime(self: copy self)
  mutating func readCreation() throws(EventDecodingError) -> Creation {
    let character = CharacterID(try readSigned())
    let name = try readText("character name")
    let owner = try readText("owner hash")
    guard let type = TokenType(rawValue: try readByte()) else { throw invalid("type") }
    let user = try readFlag("user") ? try readText("user") : nil
    return try Creation(
      character: character, characterName: name, ownerHash: owner, type: type, user: user,
      scopes: readScopes(), created: readTime("created"), ssoVersion: readNumber("SSO version"),
      access: readSecret("access"), refresh: readSecret("refresh"))
  }

  /// Reads scope names, which must ascend without a repeat.
  @_lifetime(self: copy self)
  mutating func readScopes() throws(EventDecodingError) -> [Text] {
    let count = try readVarint()
    guard count <= UInt64(Limits.scopesPerToken) else { throw invalid("scopes") }
    var names: [Text] = []
    for _ in 0..<count {
      let name = try readText("scopes")
      guard !name.isEmpty, names.last.map({ $0 < name }) ?? true else { throw invalid("scopes") }
      names.append(name)
    }
    return names
  }

  @_lifetime(self: copy self)
  mutating func readFence(of sequence: EventSequence) throws(EventDecodingError) -> EventSequence? {
    let number = try readVarint()
    guard number < sequence.rawValue else { throw invalid("fence") }
    return number == 0 ? nil : EventSequence(number)
  }

  @_lifetime(self: copy self)
  mutating func readRefresh(of sequence: EventSequence) throws(EventDecodingError) -> Refresh {
    try Refresh(
      fence: readFence(of: sequence), created: readTime("created"), access: readSecret("access"),
      refresh: readFlag("refresh") ? readSecret("refresh") : nil,
      isUnverified: readFlag("flags"))
  }

  @_lifetime(self: copy self)
  mutating func readFailure(
    of sequence: EventSequence
  ) throws(EventDecodingError) -> RefreshFailure {
    let fence = try readFence(of: sequence)
    let failureClass = try readClass()
    return try RefreshFailure(
      fence: fence, failureClass: failureClass, code: readText("code"),
      retryAfterMilliseconds: readVarint(),
      rotated: readFlag("rotated") ? readSecret("rotated") : nil)
  }

  /// Reads what came of a revocation; only a failure has a code.
  @_lifetime(self: copy self)
  mutating func readRevocation() throws(EventDecodingError) -> Revocation {
    let outcome = try readByte()
    let failureClass = RefreshFailure.Class(rawValue: outcome)
    guard outcome == 0 || failureClass != nil else { throw invalid("class") }
    let code = try readText("code")
    guard (failureClass == nil) == code.isEmpty else { throw invalid("code") }
    return Revocation(failureClass: failureClass, code: code)
  }

  @_lifetime(self: copy self)
  mutating func readClass() throws(EventDecodingError) -> RefreshFailure.Class {
    guard let failureClass = try RefreshFailure.Class(rawValue: readByte())
    else { throw invalid("class") }
    return failureClass
  }

  @_lifetime(self: copy self)
  mutating func readSecret(_ field: StaticString) throws(EventDecodingError) -> RecordedSecret {
    switch try readByte() {
    case 0: return .null
    case 1: return .empty
    case 2: return try .present(SecretDigest(readUInt64().bigEndian))
    default: throw invalid(field)
    }
  }
}
