// The histories: the events of one token, and those of the ledger that pass a filter.
// A token's events are linked through the log (schema/events.md section 2), so its history costs
// its events, whatever the log's size; an `EventCursor` finds and writes it in slices.
// Schema: schema/protocol.md, "History".

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  /// TOKEN.HISTORY: also of a deleted token.
  func tokenHistory(_ arguments: inout ArgumentReader) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    var request = try HistoryRequest(&arguments)
    guard store.state.history(of: id) != nil else { throw .notFound(id) }
    request.tokens = [id]
    return .streaming(EventCursor(try search(request, count: request.count ?? .max)))
  }

  /// LEDGER.HISTORY.
  func ledgerHistory(_ arguments: inout ArgumentReader) throws(CommandError) -> Outcome {
    let request = try HistoryRequest(&arguments)
    let count = request.count ?? HistoryRequest.standardCount
    return .streaming(EventCursor(try search(request, count: count)))
  }

  private func search(
    _ request: HistoryRequest, count: Int
  ) throws(CommandError) -> HistorySearch {
    var first = EventSequence(1)
    for moment in request.since { first = max(first, try start(of: moment)) }
    var last = store.state.lastSequence
    for moment in request.until { last = min(last, try end(of: moment)) }
    var filter = request.filter
    if request.choosesTokens { filter.tokens = tokens(of: request) }
    return HistorySearch(
      filter, from: first, through: last, isReverse: request.isReverse, count: count,
      in: store.state, layout: store.layout)
  }

  /// The tokens that a request chooses, deleted ones too.
  ///
  /// - Complexity: O(tokens) where characters or users choose, else O(tokens named).
  private func tokens(of request: HistoryRequest) -> Set<TokenID> {
    guard !request.characters.isEmpty || !request.users.isEmpty else { return request.tokens }
    let ids = store.state.tokenIDsEvenIfDeleted(
      characters: request.characters, users: request.users)
    return request.tokens.isEmpty ? Set(ids) : request.tokens.intersection(ids)
  }

  // MARK: Moments

  /// The sequence of the first event at or behind a moment: one past the last for none.
  func start(of moment: Moment) throws(CommandError) -> EventSequence {
    switch moment {
    case .time(let time): try sequence(atOrAfter: EventID(firstAt: time))
    case .event(let id): try sequence(atOrAfter: id)
    case .sequence(let sequence): max(EventSequence(1), sequence)
    }
  }

  /// The sequence of the last event at or before a moment, whichever is the last now; 0 for none.
  func end(of moment: Moment) throws(CommandError) -> EventSequence {
    let behind: EventSequence
    switch moment {
    case .time(let time): behind = try sequence(atOrAfter: EventID(firstBehind: time))
    case .event(let id): behind = try sequence(atOrAfter: id.successor)
    case .sequence(let sequence): return min(sequence, store.state.lastSequence)
    }
    return EventSequence(behind.rawValue - 1)
  }
}

extension EventID {
  /// The lowest id of a time's millisecond, or of 1970 before it.
  init(firstAt time: UnixTime) {
    self.init(milliseconds: UInt64(max(0, time.microseconds / 1000)), counter: 0)
  }

  /// The lowest id behind a time's millisecond; that of the first event before 1970.
  init(firstBehind time: UnixTime) {
    let isBefore1970 = time.microseconds < 0
    self.init(
      milliseconds: isBefore1970 ? 0 : UInt64(time.microseconds / 1000) + 1, counter: 0)
  }
}
