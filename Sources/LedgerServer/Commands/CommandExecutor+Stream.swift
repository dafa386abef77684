// The log read as a Redis stream under the key `ledger`.
// Only durable events are shown, with fingerprints where secrets were; schema/events.md has their
// fields. Long lists are left to an `EventCursor`, which writes them in slices.

import Bytes
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension CommandExecutor {
  /// The one stream that has entries.
  private static let key = Array("ledger".utf8)

  func isLedger(_ key: Span<UInt8>) -> Bool {
    key.isEqual(to: Self.key.span)
  }

  // MARK: XLEN

  func streamLength(
    _ arguments: inout ArgumentReader, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    let isLedger = isLedger(try arguments.next("the key"))
    reply.writeInteger(isLedger ? Int64(store.eventCount) : 0)
  }

  // MARK: XRANGE, XREVRANGE

  func range(
    _ arguments: inout ArgumentReader, isReverse: Bool, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let isLedger = isLedger(try arguments.next("the key"))
    let (first, second) = (try arguments.next("the first id"), try arguments.next("the last id"))
    let (start, end) = try bounds(isReverse ? second : first, isReverse ? first : second)
    var count = Int.max
    while !arguments.isAtEnd {
      guard arguments.take(.count), !arguments.isAtEnd else { throw .streamSyntax }
      count = Int(max(0, try streamCount(&arguments)))
    }
    let low = try sequence(atOrAfter: start.firstInside)
    let high = EventSequence(try sequence(atOrAfter: end.firstBehind).rawValue - 1)
    return begin(
      EventCursor(
        from: low, through: high, isReverse: isReverse, count: isLedger ? count : 0), &reply)
  }

  /// The sequence of the first event whose id is at or above `id`: one past the last for none.
  func sequence(atOrAfter id: EventID?) throws(CommandError) -> EventSequence {
    guard let id else { return EventSequence(store.eventCount + 1) }
    do throws(StoreError) { return try store.firstSequence(atOrAfter: id) } catch {
      throw .unreadableLog(error)
    }
  }

  /// The ends of a range, refused in the order of Redis.
  private func bounds(
    _ start: Span<UInt8>, _ end: Span<UInt8>
  ) throws(CommandError) -> (start: StreamBound, end: StreamBound) {
    guard let start = StreamBound(start, isEnd: false) else { throw .invalidStreamID }
    guard start.firstInside != nil else { throw .emptyStreamInterval("start") }
    guard let end = StreamBound(end, isEnd: true) else { throw .invalidStreamID }
    guard !end.isExclusive || end.id > .zero else { throw .emptyStreamInterval("end") }
    return (start, end)
  }

  private func streamCount(_ arguments: inout ArgumentReader) throws(CommandError) -> Int64 {
    guard let count = parseInteger(try arguments.next("COUNT")) else { throw .streamInteger }
    return count
  }

  private func begin(_ cursor: EventCursor, _ reply: inout ReplyWriter) -> Outcome {
    reply.writeArrayHeader(count: cursor.remaining)
    return cursor.isDone ? .replied : .streaming(cursor)
  }

  // MARK: XREAD

  func read(
    _ arguments: inout ArgumentReader, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    var wait = StreamWait(after: .zero, count: Int.max)
    var blockMilliseconds: Int64?
    while !arguments.take(.streams) {
      guard arguments.remaining > 1, let keyword = arguments.peekKeyword else {
        throw .streamSyntax
      }
      _ = arguments.take(keyword)
      switch keyword {
      case .count:
        let count = try streamCount(&arguments)
        wait.count = count <= 0 ? Int.max : Int(count)
      case .block: blockMilliseconds = try blockTime(&arguments)
      default: throw .streamSyntax
      }
    }
    guard let after = try position(&arguments) else {
      return writeNothingRead(blockMilliseconds, nil, &reply)
    }
    wait.after = after
    if let cursor = cursor(wait, &reply) { return .streaming(cursor) }
    return writeNothingRead(blockMilliseconds, wait, &reply)
  }

  private func blockTime(_ arguments: inout ArgumentReader) throws(CommandError) -> Int64 {
    guard let milliseconds = parseInteger(try arguments.next("BLOCK"))
    else { throw .streamTimeout("is not an integer or out of range") }
    guard milliseconds >= 0 else { throw .streamTimeout("is negative") }
    return min(milliseconds, Self.maximumBlockMilliseconds)
  }

  /// About three years: beyond it a sum with the clock might not fit.
  private static let maximumBlockMilliseconds: Int64 = 100_000_000_000

  /// The event after which `ledger` is to be read; nil when it is not among the keys.
  private func position(_ arguments: inout ArgumentReader) throws(CommandError) -> EventSequence? {
    guard arguments.remaining > 0, arguments.remaining % 2 == 0 else { throw .unbalancedStreams }
    let count = arguments.remaining / 2
    var place: Int?
    for index in 0..<count where isLedger(try arguments.next("a key")) { place = place ?? index }
    var found: EventSequence?
    for index in 0..<count {
      let position = try positionBehind(try arguments.next("an id"))
      if index == place { found = position }
    }
    return found
  }

  private func positionBehind(_ text: Span<UInt8>) throws(CommandError) -> EventSequence {
    let last = store.state.lastSequence
    if text.count == 1, text[0] == UInt8(ascii: "$") { return last }
    // As from Redis 7.4 on: the last event, or the next one where there is none.
    if text.count == 1, text[0] == UInt8(ascii: "+") {
      return EventSequence(max(1, last.rawValue) - 1)
    }
    guard let id = EventID(text: text, counterIfMissing: 0) else { throw .invalidStreamID }
    let behind = StreamBound(id: id, isExclusive: false).firstBehind
    return EventSequence(try sequence(atOrAfter: behind).rawValue - 1)
  }

  /// Writes the head of a reply with the events after the wait's position; nil when there are none.
  func cursor(_ wait: StreamWait, _ reply: inout ReplyWriter) -> EventCursor? {
    let last = store.state.lastSequence
    guard wait.after < last else { return nil }
    if reply.version == .two { reply.writeArrayHeader(count: 1) }
    if reply.version == .two {
      reply.writeArrayHeader(count: 2)
    } else {
      reply.writeMapHeader(pairCount: 1)
    }
    reply.writeBulk("ledger")
    let cursor = EventCursor(
      from: wait.after.next, through: last, isReverse: false, count: wait.count)
    reply.writeArrayHeader(count: cursor.remaining)
    return cursor
  }

  private func writeNothingRead(
    _ blockMilliseconds: Int64?, _ wait: StreamWait?, _ reply: inout ReplyWriter
  ) -> Outcome {
    guard let blockMilliseconds else {
      reply.writeNullArray()
      return .replied
    }
    // A stream without entries stays so: whoever waits for it waits behind the end of time.
    var wait = wait ?? StreamWait(after: EventSequence(.max), count: 1)
    if blockMilliseconds > 0 {
      wait.deadlineMicroseconds =
        store.options.clock.monotonicMicroseconds + blockMilliseconds * 1000
    }
    return .blocked(wait)
  }
}

/// One end of a range of event ids.
private struct StreamBound {
  var id: EventID
  var isExclusive: Bool

  init(id: EventID, isExclusive: Bool) {
    self.id = id
    self.isExclusive = isExclusive
  }

  /// Reads `-`, `+`, an id, or `(` and an id; an id without counter is the first or the last one of
  /// its millisecond.
  init?(_ text: Span<UInt8>, isEnd: Bool) {
    guard text.count > 0 else { return nil }
    let first = text[0]
    if text.count == 1, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      self.init(id: first == UInt8(ascii: "-") ? .zero : .maximum, isExclusive: false)
      return
    }
    let isExclusive = first == UInt8(ascii: "(")
    let digits = text.extracting((isExclusive ? 1 : 0)..<text.count)
    guard let id = EventID(text: digits, counterIfMissing: isEnd ? .max : 0) else { return nil }
    self.init(id: id, isExclusive: isExclusive)
  }

  /// The lowest id in a range that starts here; nil when there is none.
  var firstInside: EventID? { isExclusive ? id.successor : id }
  /// The lowest id behind a range that ends here; nil when there is none.
  var firstBehind: EventID? { isExclusive ? id : id.successor }
}

extension EventID {
  /// The next id; nil at the end.
  var successor: EventID? {
    if counter < .max { return EventID(milliseconds: milliseconds, counter: counter + 1) }
    return milliseconds == .max ? nil : EventID(milliseconds: milliseconds + 1, counter: 0)
  }
}

extension ReplyWriter {
  /// Writes a name and a number of a map.
  mutating func writePair(_ name: StaticString, _ number: Int64) {
    writeBulk(name)
    writeInteger(number)
  }

  /// Writes a name and a text of a map.
  mutating func writePair(_ name: StaticString, _ text: String) {
    writeBulk(name)
    writeBulk(text)
  }
}
