// Logs that no writer of ours writes, though their checks are right: opening refuses them and names
// the place, and says nothing of what the bytes were.

import Bytes
import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct MisfitLogTests {
  /// A log with these facts, an event each.
  private func log(_ events: [(facts: [UInt8], sections: [[UInt8]])]) throws -> SimulatedStorage {
    let storage = SimulatedStorage()
    let opened = try LogOpening.open(storage, newLedger: try LedgerID.random(), nowMicroseconds: 0)
    { _ in }
    var writer = opened.takeWriter()
    var batch = LogBatch()
    for event in events { try batch.append(facts: event.facts, sections: event.sections) }
    _ = try writer.append(&batch, firstSequence: 1, nowMicroseconds: 0)
    return storage
  }

  private func facts(
    _ body: Event.Body, token: Int64?, sequence: UInt64 = 1, id: UInt64 = 1,
    previous: UInt64? = nil
  ) -> [UInt8] {
    let event = Event(
      sequence: EventSequence(sequence), id: EventID(milliseconds: id, counter: 0),
      token: token.map(TokenID.sample), previous: previous.map(EventSequence.init), actor: .system,
      body: body)
    var facts: [UInt8] = []
    event.encodeFacts(into: &facts)
    return facts
  }

  private func error(_ events: [(facts: [UInt8], sections: [[UInt8]])]) throws -> StoreError? {
    let storage = try log(events)
    let before = storage.changeCount
    let error = openingError(storage)
    if error != nil { #expect(storage.changeCount == before) }
    return error
  }

  @Test func `facts that cannot be decoded are refused with sequence and place`() throws {
    let good = facts(.created(.sample()), token: 1)
    for (bad, problem) in [
      ([99], EventDecodingError.unknownTag(99)), (good + [0], .leftOver(offset: good.count)),
      (Array(good.dropLast()), .unreadable(.truncated(offset: good.count - 1))),
    ] as [([UInt8], EventDecodingError)] {
      guard case .undecodable(let found, let sequence, let place) = try error([(bad, [])]) else {
        Issue.record("accepted: \(problem)")
        continue
      }
      #expect(found == problem && sequence == EventSequence(1))
      #expect(place == LogLocation(segment: 1, offset: 96))
    }
  }

  @Test func `an event that does not fit the ones before it is refused`() throws {
    let created = (facts(.created(.sample()), token: 1), [[UInt8]]())
    let second = { (body: Event.Body, token: Int64?, previous: UInt64?, id: UInt64) in
      (self.facts(body, token: token, sequence: 2, id: id, previous: previous), [[UInt8]]())
    }
    for (event, problem) in [
      (second(.created(.sample()), 1, nil, 2), .tokenExists),
      (second(.deleted, 2, nil, 2), .tokenMissing), (second(.restored, 1, 1, 2), .nothingToRestore),
      (second(.deleted, 1, nil, 2), .wrongPrevious), (second(.deleted, 1, 1, 1), .idNotRising),
    ] as [(([UInt8], [[UInt8]]), MisfitEvent.Problem)] {
      guard case .misfit(let misfit, let place) = try error([created, event]) else {
        Issue.record("accepted: \(problem)")
        continue
      }
      #expect(misfit.problem == problem && misfit.sequence == EventSequence(2))
      #expect(place.segment == 1 && place.offset > 96)
    }
  }

  @Test func `an event with another number of sections than secrets is refused`() throws {
    let secret = RecordedSecret.present(SecretDigest(7))
    let one = facts(.created(.sample(access: secret)), token: 1)
    for sections in [[], [[0, 1], [0, 2]]] as [[[UInt8]]] {
      guard case .sections(let sequence, let place) = try error([(one, sections)]) else {
        Issue.record("accepted: \(sections.count) sections")
        continue
      }
      #expect(sequence == EventSequence(1) && place == LogLocation(segment: 1, offset: 96))
    }
    #expect(try error([(one, [[0, 1]])]) == nil)
  }

  @Test func `the words for a refusal name the place and hold no byte of a secret`() throws {
    let planted = Array("pl4nted".utf8)
    let secret = RecordedSecret.present(SecretDigest(7))
    let one = facts(.created(.sample(access: secret)), token: 1)
    let bad: [(facts: [UInt8], sections: [[UInt8]])] = [
      (one + planted, [[0] + planted]), (one, [[0] + planted, [0] + planted]),
      ([99] + planted, [[0] + planted]),
    ]
    for event in bad {
      let error = try #require(try error([event]))
      #expect(error.isDamage && !error.isDiskFull)
      for words in ["\(error)", String(reflecting: error)] {
        #expect(!words.contains("pl4nted"))
      }
      #expect("\(error)".hasPrefix("segment 1, offset 96: event 1 "))
    }
  }

  @Test func `a secret in a form that is not known is told, and holds nothing up`() throws {
    let secret = RecordedSecret.present(SecretDigest(7))
    let one = facts(.created(.sample(access: secret)), token: 1)
    for section in [[1, 65, 66], [0], [200]] as [[UInt8]] {
      let store = try LedgerStore.open(try log([(one, [section])]), .small())
      let token = try #require(store.token(.sample(1)))
      let place = LogLocation(segment: 1, offset: 96)
      #expect(
        throws: StoreError.forgedSecret(sequence: EventSequence(1), place)
      ) { try store.secret(token.access) }
    }
  }
}
