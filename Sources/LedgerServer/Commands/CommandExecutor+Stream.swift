// The log read as a Redis stream under the key `ledger`.
// Only durable events are shown, with fingerprints where secrets were; schema/events.md has their
// fields. Long lists are left to an `EventCursor`, which writes them in slices.

import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension CommandExecutor {
  /// The one stream that has entries.
  private static let key = Array("LEDGER".utf8)

  private func isLedger(_ key: Span<UInt8>) -> Bool {
    key.equalsIgnoringCase(Self.key)
  }

  // MARK: XLEN, XINFO

  func streamLength(
    _ arguments: inout ArgumentReader, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    let isLedger = isLedger(try arguments.next("the key"))
    reply.writeInteger(isLedger ? Int64(store.eventCount) : 0)
  }

  func streamInformation(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    let subcommand: XinfoSubcommand = try self.subcommand(&arguments, for: session)
    guard case .stream = subcommand, isLedger(try arguments.next("the key"))
    else { throw .noSuchStream }
    let last = store.state.lastSequence
    let first = try event(EventSequence(1))
    reply.writeMapHeader(pairCount: 10)
    reply.writePair("length", Int64(store.eventCount))
    reply.writePair("radix-tree-keys", 0)
    reply.writePair("radix-tree-nodes", 0)
    reply.writePair("last-generated-id", store.state.lastEventID.text)
    reply.writePair("max-deleted-entry-id", EventID.zero.text)
    reply.writePair("entries-added", Int64(store.eventCount))
    reply.writePair("recorded-first-entry-id", (first?.id ?? .zero).text)
    reply.writePair("groups", 0)
    try writeEntry("first-entry", first, &reply)
    try writeEntry("last-entry", try event(last), &reply)
  }

  private func writeEntry(
    _ name: StaticString, _ event: Event?, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    reply.writeBulk(name)
    if let event { reply.write(event) } else { reply.writeNull() }
  }

  private func event(_ sequence: EventSequence) throws(CommandError) -> Event? {
    do throws(StoreError) { return try store.event(sequence) } catch { throw .unreadableLog(error) }
  }

  // MARK: XRANGE, XREVRANGE

  func range(
    _ arguments: inout ArgumentReader, isReverse: Bool, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let isLedger = isLedger(try arguments.next("the key"))
    let left = StreamBound(try arguments.next("the first id"), isEnd: isReverse)
    let right = StreamBound(try arguments.next("the last id"), isEnd: !isReverse)
    guard let start = isReverse ? right : left, let end = isReverse ? left : right
    else { throw .invalidStreamID }
    var count = Int.max
    while !arguments.isAtEnd {
      guard arguments.take(.count) else { throw .unexpectedArgument(arguments.command) }
      count = Int(max(0, try arguments.integer("COUNT")))
    }
    let first = try sequence(atOrAfter: start.firstInside)
    let behind = try sequence(atOrAfter: end.firstBehind)
    let last = EventSequence(behind.rawValue - 1)
    return begin(
      EventCursor(
        from: first, through: last, isReverse: isReverse, count: isLedger ? count : 0), &reply)
  }

  /// The sequence of the first event whose id is at or above `id`: one past the last for none.
  func sequence(atOrAfter id: EventID?) throws(CommandError) -> EventSequence {
    guard let id else { return EventSequence(store.eventCount + 1) }
    do throws(StoreError) { return try store.firstSequence(atOrAfter: id) } catch {
      throw .unreadableLog(error)
    }
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
      guard !arguments.isAtEnd else { throw .missing("STREAMS") }
      switch try arguments.keyword() {
      case .count:
        let count = try arguments.integer("COUNT")
        wait.count = count <= 0 ? Int.max : Int(count)
      case .block:
        blockMilliseconds = try arguments.integer("BLOCK", in: 0...Self.maximumBlockMilliseconds)
      default: throw .unexpectedArgument(.xread)
      }
    }
    guard let after = try position(&arguments) else {
      return writeNothingRead(blockMilliseconds, nil, &reply)
    }
    wait.after = after
    if let cursor = cursor(wait, &reply) { return .streaming(cursor) }
    return writeNothingRead(blockMilliseconds, wait, &reply)
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
      let id = try arguments.next("an id")
      if index == place { found = try positionBehind(id) }
    }
    return found
  }

  private func positionBehind(_ text: Span<UInt8>) throws(CommandError) -> EventSequence {
    if text.count == 1, text[0] == UInt8(ascii: "$") { return store.state.lastSequence }
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
