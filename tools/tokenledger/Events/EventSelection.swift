// Which events somebody wants to see: the flags that say so, and the words that ask the ledger.
// The same for every subcommand that shows events, so that they mean the same everywhere.
// Schema: schema/protocol.md, "History".

import TokenLedger

/// The flags that choose events.
enum EventSelection {
  /// The flags; values of one flag are alternatives, flags of different names must all hold.
  static let flags = [
    Flag(.token, .id, isRepeatable: true, "of this token"),
    Flag(.character, .integer, isRepeatable: true, "of a token of this character"),
    Flag(.user, .text("USER"), isRepeatable: true, "of a token of this user"),
    Flag(.type, .choice(types), isRepeatable: true, "of this kind"),
    Flag(.actor, .text("UID|system"), isRepeatable: true, "by this uid, or by the ledger"),
    Flag(
      .reason, .text("PATTERN"), isRepeatable: true, "with such a reason: * and ? as in a shell"),
    Flag(.since, .moment, "from this moment on"),
    Flag(.until, .moment, "up to this moment"),
  ]

  /// The names of the kinds of events.
  static let types = Event.Tag.allCases.map(\.name.description)

  /// The request that finds the events which the flags of a line ask for: of the whole ledger, or
  /// of one token, which then must exist or have existed.
  static func request(_ arguments: Arguments, ofToken token: Int64? = nil) -> LedgerRequest {
    var request = LedgerRequest(token == nil ? "LEDGER.HISTORY" : "TOKEN.HISTORY")
    if let token { request.add(value: token) }
    for value in arguments.values(.token) { request.add("TOKEN", value) }
    for value in arguments.values(.character) { request.add("CHARACTER", value) }
    for value in arguments.values(.user) { request.add("USER", value) }
    for value in arguments.values(.type) { request.add("TYPE", value) }
    for value in arguments.values(.actor) { request.add("ACTOR", value) }
    for value in arguments.values(.reason) { request.add("REASON", value) }
    if let value = arguments.value(.since) { request.add("SINCE", value) }
    if let value = arguments.value(.until) { request.add("UNTIL", value) }
    return request
  }
}
