// When a moment of the log was, for tables that show other times relative to it: what is expired
// then, not now.
// A sequence is looked up in the ledger; the others say it themselves.

import TokenLedger

extension Moment {
  /// The time of the moment; nil for a sequence before the first event.
  ///
  /// - Throws: when the ledger does not answer.
  func time(in endpoint: any LedgerEndpoint) throws(EndpointError) -> UnixTime? {
    switch self {
    case .time(let time): return time
    case .event(let id):
      return UnixTime(
        clampingMicroseconds: Int64(clamping: min(id.milliseconds, .max / 1000)) * 1000)
    case .sequence(let sequence):
      var request = LedgerRequest("LEDGER.HISTORY")
      request.add("SINCE", "#\(sequence.rawValue)")
      request.add("UNTIL", "#\(sequence.rawValue)")
      var pages = EventPages(endpoint, request)
      return try pages.next()?.first?.time
    }
  }
}
