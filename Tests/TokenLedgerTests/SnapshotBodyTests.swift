// The body of a snapshot: what comes back is the state that went in, to the last answer, and no
// bytes lead to a trap. schema/snapshot.md sections 1 to 4.

import Bytes
import TestSupport
import Testing
import TokenLedger

/// Encoding and decoding of states.
@Suite struct SnapshotBodyTests {
  private static func encoded(_ state: borrowing LedgerState) -> [UInt8] {
    var bytes: [UInt8] = []
    state.encodeSnapshot { portion in bytes.append(span: portion) }
    return bytes
  }

  /// The image of the state in a body, or nil for what is none.
  private static func image(_ body: [UInt8], seed: UInt64 = 0) throws -> StateImage {
    // Safe: a span of bytes has no padding.
    let state = try LedgerState.decoded(fromSnapshot: unsafe body.span.bytes, seed: seed)
    #expect(encoded(state) == body)
    return StateImage(state)
  }

  @Test(arguments: 0..<UInt64(Campaign.scaled(12)))
  func `a state comes back as it was, and goes on as it would have`(seed: UInt64) throws {
    var history = RandomHistory(seed: seed)
    for _ in 0..<8 {
      for _ in 0..<60 { try history.step() }
      let body = Self.encoded(history.builder.state)
      let size = history.builder.state.snapshotSizeBytes
      #expect(body.count == size)
      let expected = StateImage(history.builder.state)
      #expect(try Self.image(body, seed: seed + 1) == expected)
      // The rest of the history goes on in the decoded state.
      // Safe: a span of bytes has no padding.
      history.builder.state = try LedgerState.decoded(fromSnapshot: unsafe body.span.bytes)
    }
  }

  @Test func `an empty state has a body`() throws {
    let state = LedgerState()
    let body = Self.encoded(state)
    #expect(try Self.image(body) == StateImage(state))
  }

  @Test func `the example of the page has the bytes of the page`() throws {
    var state = LedgerState()
    let creation = Creation(
      character: CharacterID(7), characterName: .sample("P"), ownerHash: .sample("o"),
      type: .character, user: nil, scopes: [.sample("a")], created: .epoch, ssoVersion: 2,
      access: .null, refresh: .null)
    try state.apply(
      Event(
        sequence: EventSequence(1), id: EventID(milliseconds: 1, counter: 0), token: .first,
        previous: nil, actor: .system, cause: nil, reason: nil, key: nil,
        body: .created(creation)))
    let body = Self.encoded(state)
    #expect(body.count == 243)
    #expect(Array(body[128..<143]) == [1, 0, 0, 0, 1, 0, 0, 0, 0x6f, 0x50, 1, 0, 0, 0, 0x61])
    #expect(Array(body[143..<151]) == [1, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(body[231..<243]) == [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `no bytes trap, and what is cut or longer is refused`() throws {
    var history = RandomHistory(seed: 3)
    for _ in 0..<200 { try history.step() }
    let body = Self.encoded(history.builder.state)
    for length in Campaign.spread(below: body.count, sample: 60) {
      #expect(throws: SnapshotError.self) { try Self.image(Array(body.prefix(length))) }
    }
    #expect(throws: SnapshotError.self) { try Self.image(body + [0]) }
    var generator = SeededGenerator(seed: 1)
    var refusedCount = 0
    for _ in 0..<Campaign.scaled(2000) {
      var changed = body
      let place = Int.random(in: 0..<body.count, using: &generator)
      changed[place] = UInt8.random(in: 0...255, using: &generator)
      do throws(SnapshotError) {
        // Safe: a span of bytes has no padding.
        let state = try LedgerState.decoded(fromSnapshot: unsafe changed.span.bytes)
        _ = StateImage(state)
      } catch {
        refusedCount += 1
      }
    }
    #expect(refusedCount > 0)
  }
}
