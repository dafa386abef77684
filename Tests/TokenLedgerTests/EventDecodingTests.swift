import Bytes
import TestSupport
import Testing
import TokenLedger

/// Facts written byte by byte: what the page schema/events.md says, and what it does not allow.
@Suite struct EventDecodingTests {
  /// `deleted`, id 5-0, token 7, previous one before, actor system.
  private static let deleted: [UInt8] = [6, 0, 5, 0, 7, 1]

  @Test func `the plainest facts are six bytes`() throws {
    let event = try decode(Self.deleted).get()
    #expect(event.tag == .deleted)
    #expect(event.id == EventID(milliseconds: 5, counter: 0))
    #expect(event.token == .sample(7) && event.previous == EventSequence(999))
    #expect(event.actor == .system && event.key == nil && event.reason == nil && event.cause == nil)
  }

  @Test func `the tags are those of the page`() {
    let numbers = Event.Tag.allCases.map { Int($0.rawValue) }
    #expect(numbers == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 64, 65, 66, 67])
    let tokens = Event.Tag.allCases.filter(\.concernsToken).count
    #expect(tokens == 10)
  }

  @Test(arguments: (0...255).filter { Event.Tag(rawValue: UInt8($0)) == nil })
  func `an unknown tag is named`(tag: Int) {
    let facts = [UInt8(tag)] + Self.deleted.dropFirst()
    #expect(decode(facts) == .failure(.unknownTag(UInt8(tag))))
  }

  @Test(arguments: [32, 64, 128, 255] as [UInt8])
  func `an unknown presence bit is refused`(bits: UInt8) {
    let facts = [6, bits, 5, 0, 7, 1]
    #expect(decode(facts) == .failure(.invalid(field: "presence", offset: 2)))
  }

  @Test func `a client name without an actor is refused`() {
    #expect(decode([6, 2, 5, 0, 7, 1, 1, 0x61]) == .failure(.invalid(field: "client", offset: 6)))
  }

  @Test func `events of a token have one, events of the ledger have none`() {
    #expect(decode([6, 0, 5, 0, 0, 1]) == .failure(.invalid(field: "token", offset: 5)))
    #expect(decode([64, 0, 5, 0, 7, 0, 1, 0]) == .failure(.invalid(field: "token", offset: 5)))
  }

  @Test func `a token's number fits 63 bits`() {
    let id: [UInt8] = Array(repeating: 0xff, count: 8) + [0x7f]
    #expect(throws: Never.self) { try decode([6, 0, 5, 0] + id + [1]).get() }
    let beyond: [UInt8] = Array(repeating: 0x80, count: 9) + [1]
    let result = decode([6, 0, 5, 0] + beyond + [1])
    #expect(result == .failure(.invalid(field: "token", offset: 14)))
  }

  @Test func `an event names earlier ones only`() {
    let sequence = EventSequence(9)
    #expect(throws: Never.self) { try decode([6, 0, 5, 0, 7, 8], at: sequence).get() }
    let previous = decode([6, 0, 5, 0, 7, 9], at: sequence)
    #expect(previous == .failure(.invalid(field: "previous", offset: 6)))
    for cause in [0, 9, 10] as [UInt8] {
      let result = decode([6, 4, 5, 0, 7, 1, cause], at: sequence)
      #expect(result == .failure(.invalid(field: "cause", offset: 7)))
    }
    let fence = decode([4, 0, 5, 0, 7, 1, 9, 0, 0, 0, 0], at: sequence)
    #expect(fence == .failure(.invalid(field: "fence", offset: 7)))
  }

  @Test(
    arguments: [
      ([2, 1, 0x61, 1, 0x61], "scopes"), ([2, 1, 0x62, 1, 0x61], "scopes"), ([1, 0], "scopes"),
      ([1, 1, 0], "scopes"), ([1, 1, 0x80], "scopes"), ([0x81, 0x20], "scopes"),
    ] as [([UInt8], String)])
  func `scopes ascend, are not empty, are text and are not too many`(fields: [UInt8], name: String)
  {
    guard case .failure(.invalid(let field, _)) = decode([2, 0, 5, 0, 7, 1] + fields) else {
      Issue.record("decoded")
      return
    }
    #expect(field.description == name)
  }

  @Test func `as many scopes as a token may have are decoded`() throws {
    let names = (0..<Limits.scopesPerToken).map { Text.sample(String(10_000 + $0)) }
    var event = EventSamples.fullestEvents[5]
    event.body = .scopesGranted(names)
    #expect(decode(event.facts) == .success(event))
  }

  @Test func `a count that nothing follows allocates nothing and is refused`() {
    let result = decode([2, 0, 5, 0, 7, 1, 0x80, 0x20])
    #expect(result == .failure(.unreadable(.truncated(offset: 8))))
    let text = decode([6, 8, 5, 0, 7, 1] + Array(repeating: 0xff, count: 9) + [1])
    #expect(text == .failure(.unreadable(.truncated(offset: 6))))
  }

  @Test(
    arguments: [
      ([4, 0, 5, 0, 7, 1, 0, 0, 3], "access"), ([4, 0, 5, 0, 7, 1, 0, 0, 0, 2], "refresh"),
      ([4, 0, 5, 0, 7, 1, 0, 0, 0, 0, 2], "flags"), ([5, 0, 5, 0, 7, 1, 0, 0], "class"),
      ([5, 0, 5, 0, 7, 1, 0, 6], "class"), ([5, 0, 5, 0, 7, 1, 0, 1, 0, 0, 2], "rotated"),
      ([3, 0, 5, 0, 7, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x10], "attempt"),
      ([1, 0, 5, 0, 7, 0, 0, 0, 0, 2], "type"), ([1, 0, 5, 0, 7, 0, 0, 0, 0, 0, 2], "user"),
      ([1, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x80, 4], "SSO version"),
      ([6, 1, 5, 0, 7, 1, 0x80, 0x80, 0x80, 0x80, 0x10], "uid"),
      ([6, 1, 5, 0, 7, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x10], "pid"),
      ([9, 0, 5, 0, 7, 1, 6], "class"),
      ([9, 0, 5, 0, 7, 1, 0, 1, 0x61], "code"), ([9, 0, 5, 0, 7, 1, 4, 0], "code"),
      ([8, 0, 5, 0, 7, 1, 0, 0, 0, 3], "refresh"), ([6, 8, 5, 0, 7, 1, 1, 0], "reason"),
      ([6, 16, 5, 0, 7, 1, 1, 0xff], "key"),
    ] as [([UInt8], String)])
  func `a value out of its range is refused by name`(facts: [UInt8], name: String) {
    guard case .failure(.invalid(let field, let offset)) = decode(facts) else {
      Issue.record("decoded, or refused for something else: \(decode(facts))")
      return
    }
    #expect(field.description == name)
    #expect(offset == facts.count)
  }

  @Test func `a time beyond the year 9999 is refused`() {
    var facts: [UInt8] = [3, 0, 5, 0, 7, 1]
    facts.append(signedVarint: UnixTime.range.upperBound)
    #expect(throws: Never.self) { try decode(facts + [1]).get() }
    facts.removeSubrange(6...)
    facts.append(signedVarint: UnixTime.range.upperBound + 1)
    guard case .failure(.invalid(let field, _)) = decode(facts + [1]) else {
      Issue.record("decoded")
      return
    }
    #expect(field.description == "end")
  }

  @Test(arguments: [[6, 0, 0x85, 0, 0, 7, 1], [6, 0, 5, 0x80, 0, 7, 1]] as [[UInt8]])
  func `a number in a second spelling is refused`(facts: [UInt8]) {
    guard case .failure(.unreadable(.malformedNumber)) = decode(facts) else {
      Issue.record("decoded")
      return
    }
  }

  @Test func `no error shows a byte of the event`() {
    let planted = Array("plantedSecret".utf8)
    let prefix: [UInt8] = [6, 8, 5, 0, 7, 1, UInt8(planted.count)]
    for tail in [[0], [0, 1]] as [[UInt8]] {
      guard case .failure(let error) = decode(prefix + planted + tail) else { continue }
      #expect(!"\(error) \(String(reflecting: error))".contains("planted"))
    }
  }
}
