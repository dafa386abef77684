import RESP
import TestSupport
import Testing

/// Bytes that look like RESP often enough to reach deep into a parser; seeded.
private struct ByteSoup {
  private var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func number(below limit: Int) -> Int {
    Int.random(in: 0..<limit, using: &generator)
  }

  /// Up to 24 pieces, most of them of the grammar.
  mutating func bytes() -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0...number(below: 24) {
      if number(below: 8) == 0 {
        bytes.append(UInt8(number(below: 256)))
      } else {
        bytes += Self.pieces[number(below: Self.pieces.count)]
      }
    }
    return bytes
  }

  /// The bytes cut into chunks of at most 9.
  mutating func chunks(of bytes: [UInt8]) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(1 + number(below: 9))
      chunks.append(Array(chunk))
      rest = rest.dropFirst(chunk.count)
    }
    return chunks
  }

  private static let pieces: [[UInt8]] = [
    "*", "$", ":", "+", "-", "%", "~", "|", ">", "_", "#", ",", "(", "!", "=", "\r\n", "\r\n",
    "\r\n", "\r", "\n", "0", "1", "1", "2", "3", "9", "-1", "99999999999999999999", "*1\r\n",
    "*2\r\n", "*3\r\n", "$1\r\n", "$4\r\nPING\r\n", "$0\r\n\r\n", ":1\r\n", "%1\r\n", "|1\r\n",
    "_\r\n", "#t\r\n", "txt:", "\"", "'", "\\", "\\x4", " ", "a", "PING",
  ].map { Array($0.utf8) }
}

struct ByteSoupTests {
  @Test func `no request soup traps, and its chunks do not matter`() {
    var soup = ByteSoup(seed: 0x5EED)
    var limits = RequestLimits()
    limits.maximumArguments = 40
    limits.maximumInlineBytes = 60
    limits.maximumRequestBytes = 2_000
    for round in 0..<100_000 {
      let stream = soup.bytes()
      let whole = requests(in: [stream], limits: limits)
      let parts = requests(in: soup.chunks(of: stream), limits: limits)
      guard whole == parts else {
        Issue.record("seed 0x5EED, round \(round): \(stream)")
        return
      }
    }
  }

  @Test func `no reply soup traps, and its chunks do not matter`() {
    var soup = ByteSoup(seed: 0x50FA)
    var limits = ReplyLimits()
    limits.maximumDepth = 4
    for round in 0..<100_000 {
      let stream = soup.bytes()
      let whole = replies(in: [stream], limits: limits)
      let parts = replies(in: soup.chunks(of: stream), limits: limits)
      guard whole == parts else {
        Issue.record("seed 0x50FA, round \(round): \(stream)")
        return
      }
    }
  }
}
