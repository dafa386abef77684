import Bytes
import TestSupport
import Testing
import TokenLedger

/// Facts there and back: one event, one encoding.
@Suite struct EventEncodingTests {
  @Test func `there is a sample of every tag`() {
    #expect(EventSamples.fullest.count == Event.Tag.allCases.count)
  }

  @Test func `every kind with every combination of optional parts comes back`() {
    for event in EventSamples.all {
      #expect(decode(event.facts) == .success(event))
    }
  }

  @Test func `different events have different facts`() {
    let events = Set(EventSamples.all)
    #expect(Set(events.map(\.facts)).count == events.count)
  }

  @Test func `the sequence is not in the facts, distances and causes are`() throws {
    var event = EventSamples.fullestEvents[5]
    event.previous = EventSequence(990)
    let later = try decode(event.facts, at: EventSequence(2000)).get()
    #expect(later.previous == EventSequence(1990))
    #expect(later.cause == event.cause)
  }

  @Test(arguments: EventSamples.fullestEvents)
  func `every cut is refused`(event: Event) {
    let facts = event.facts
    for length in 0..<facts.count {
      let result = decode(Array(facts[..<length]))
      #expect(throws: EventDecodingError.self, "\(event.tag), \(length) bytes") { try result.get() }
    }
  }

  @Test(arguments: EventSamples.fullestEvents)
  func `every flipped bit is refused or gives another event with one encoding`(event: Event) {
    let facts = event.facts
    for bit in 0..<facts.count * 8 {
      var flipped = facts
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      guard case .success(let other) = decode(flipped) else { continue }
      #expect(other != event, "\(event.tag), bit \(bit)")
      #expect(other.facts == flipped, "\(event.tag), bit \(bit)")
    }
  }

  @Test(arguments: EventSamples.fullestEvents)
  func `a byte too many is refused`(event: Event) {
    let facts = event.facts
    #expect(decode(facts + [0]) == .failure(.leftOver(offset: facts.count)))
  }

  @Test(arguments: 0..<8)
  func `random changes of facts never trap and never have a second encoding`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<1500 {
      guard let event = EventSamples.all.randomElement(using: &generator) else { continue }
      var bytes = event.facts
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        Self.change(&bytes, &generator)
      }
      guard case .success(let other) = decode(bytes) else { continue }
      #expect(other.facts == bytes, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<4)
  func `random bytes never trap and never have a second encoding`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...48, using: &generator)
      var bytes = generator.bytes(count: count)
      let tag = Event.Tag.allCases.randomElement(using: &generator)?.rawValue ?? 0
      if bytes.count > 2 { bytes.replaceSubrange(0..<2, with: [tag, bytes[1] & 31]) }
      for index in bytes.indices where index > 1 && Bool.random(using: &generator) {
        bytes[index] &= 3
      }
      guard case .success(let event) = decode(bytes) else { continue }
      #expect(event.facts == bytes, "seed \(seed)")
    }
  }

  private static func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let position = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0 where position < bytes.count:
      bytes[position] = UInt8.random(in: 0...9, using: &generator)
    case 1 where position < bytes.count:
      bytes[position] = UInt8(truncatingIfNeeded: generator.next())
    case 2 where position < bytes.count: bytes.remove(at: position)
    default: bytes.insert(UInt8.random(in: 0...2, using: &generator), at: position)
    }
  }
}

/// Contracts of the encoder that its callers must keep.
@Suite struct EventEncodingContractTests {
  @Test func `a previous event that is not earlier traps`() async {
    await #expect(processExitsWith: .failure) {
      var event = EventSamples.fullestEvents[5]
      event.previous = event.sequence
      _ = event.facts
    }
  }

  @Test func `a cause that is not earlier traps`() async {
    await #expect(processExitsWith: .failure) {
      var event = EventSamples.fullestEvents[5]
      event.cause = event.sequence.next
      _ = event.facts
    }
  }

  @Test func `a fence of no event traps`() async {
    await #expect(processExitsWith: .failure) {
      var event = EventSamples.fullestEvents[5]
      event.body = .refreshed(
        Refresh(
          fence: .zero, created: .epoch, access: .null, refresh: nil, isUnverified: false))
      _ = event.facts
    }
  }
}
