// XINFO: the log described as a stream, with the names that Redis gives. What belongs to its trees
// and consumer groups is there with the values of a stream that has none.
// A full description of many entries is written in slices, as a range is.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  /// XINFO STREAM and GROUPS.
  func streamInformation(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let subcommand: XinfoSubcommand = try self.subcommand(&arguments, for: session)
    guard isLedger(try arguments.next("the key")) else { throw .noSuchStream }
    switch subcommand {
    case .groups: reply.writeArrayHeader(count: 0)
    case .stream where arguments.isAtEnd: try writeSummary(&reply)
    case .stream: return try describeFully(try fullCount(&arguments), &reply)
    }
    return .replied
  }

  private func writeSummary(_ reply: inout ReplyWriter) throws(CommandError) {
    reply.writeMapHeader(pairCount: 10)
    let first = try writeNumbers(&reply)
    reply.writePair("groups", 0)
    try writeEntry("first-entry", first, &reply)
    try writeEntry("last-entry", try event(store.state.lastSequence), &reply)
  }

  /// Writes the seven pairs that both forms begin with.
  ///
  /// - Returns: the first event; nil for none.
  private func writeNumbers(_ reply: inout ReplyWriter) throws(CommandError) -> Event? {
    let first = try event(EventSequence(1))
    reply.writePair("length", Int64(store.eventCount))
    reply.writePair("radix-tree-keys", 0)
    reply.writePair("radix-tree-nodes", 0)
    reply.writePair("last-generated-id", store.state.lastEventID.text)
    reply.writePair("max-deleted-entry-id", EventID.zero.text)
    reply.writePair("entries-added", Int64(store.eventCount))
    reply.writePair("recorded-first-entry-id", (first?.id ?? .zero).text)
    return first
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

  // MARK: FULL

  /// How many entries a full description has unless told.
  private static let standardFullCount = 10

  /// Takes `FULL [COUNT n]`; 0 and less: all entries.
  private func fullCount(_ arguments: inout ArgumentReader) throws(CommandError) -> Int {
    guard arguments.take(.full) else { throw .streamInfoSyntax }
    guard !arguments.isAtEnd else { return Self.standardFullCount }
    guard arguments.take(.count), arguments.remaining == 1 else { throw .streamInfoSyntax }
    guard let count = parseInteger(try arguments.next("COUNT")) else { throw .streamInteger }
    return count <= 0 ? Int.max : Int(count)
  }

  private func describeFully(
    _ count: Int, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    reply.writeMapHeader(pairCount: 9)
    _ = try writeNumbers(&reply)
    reply.writeBulk("entries")
    let cursor = EventCursor(
      from: EventSequence(1), through: store.state.lastSequence, isReverse: false, count: count,
      isOfDescription: true)
    reply.writeArrayHeader(count: cursor.remaining)
    return .streaming(cursor)
  }
}
