// What a run did, in one number and a few lines: every byte on a wire and every call of the disk
// goes into the number, so that two runs of one seed can be compared; the last steps are kept in
// words for whoever has to understand a failure.

/// The trace of a run.
final class Trace {
  /// FNV-1a, 64 bits, over everything that was noted.
  private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  /// The number of the present step.
  private(set) var step = 0
  private var recent: [String] = []

  private static let keptSteps = 25

  /// Begins a step.
  func begin(_ words: String) {
    step += 1
    recent.append("\(step): \(words)")
    if recent.count > Self.keptSteps { recent.removeFirst() }
    note(words)
  }

  /// Notes words.
  func note(_ words: String) { note(Array(words.utf8)) }

  /// Notes bytes.
  func note(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The last steps, one a line.
  var lastSteps: String { recent.joined(separator: "\n") }
}

/// Something that must not be.
struct Violation: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
