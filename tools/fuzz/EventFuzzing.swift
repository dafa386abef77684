// Arbitrary bytes as the facts of an event: what can be decoded has one encoding, the bytes it came
// from, and says which sections it needs. What cannot is refused.
//
//     input: sequence (2 bytes) · facts

import TestSupport
import TokenLedger

/// The fuzzing of the event codec.
enum EventFuzzing {
  /// Tries one input.
  static func run(_ input: [UInt8]) {
    guard input.count >= 2 else { return }
    let sequence = EventSequence(UInt64(input[0]) + UInt64(input[1]) << 8 + 1)
    let facts = Array(input[2...])
    guard case .success(let event) = decode(facts, at: sequence) else { return }
    precondition(event.facts == facts, "a second encoding")
    precondition(event.sequence == sequence && (0...8).contains(event.sectionCount))
    precondition(decode(event.facts, at: sequence) == .success(event), "decoded otherwise")
    precondition(event.tag.concernsToken == (event.token != nil), "a token where none belongs")
    precondition(event.previous.map { $0 < sequence } ?? true, "an event before itself")
  }
}
