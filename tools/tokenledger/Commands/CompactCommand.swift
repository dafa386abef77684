// `tokenledger compact` and `tokenledger erase`: secrets leave the log, through the daemon or in a
// directory that no daemon has. What is shown is numbers; the secrets themselves never pass here.
// Schema: schema/protocol.md, LEDGER.COMPACT and TOKEN.ERASE; schema/log.md section 6.

import RESP

/// The subcommand `compact`.
enum CompactCommand {
  /// Compacts, or says what that would free.
  static func run(_ session: Session) throws {
    let arguments = session.arguments
    var request = LedgerRequest("LEDGER.COMPACT")
    if arguments.has(.dryRun) { request.add("DRYRUN") }
    for hours in arguments.values(.grace) {
      request.add("GRACE", String((Int64(hours) ?? 0) * 3_600_000))
    }
    for reason in arguments.values(.reason) { request.add("REASON", reason) }
    let endpoint = try session.open(for: .changing)
    let pairs = try endpoint.call(request).requirePairs(of: request.command)
    guard !arguments.has(.json) else { return try session.write(Reply.object(pairs)) }
    func number(_ name: String) -> Int64 {
      pairs.first { $0.key.text == name }?.value.integer ?? 0
    }
    let freed = number("bytes_before") - number("bytes_after")
    let verb = arguments.has(.dryRun) ? "would erase" : "erased"
    try session.console.writeLine(
      "\(verb) \(number("secrets_erased")) secrets in \(number("rewritten")) of"
        + " \(number("segments")) segments: \(freed) of \(number("bytes_before")) bytes freed")
    guard number("tokens_erased") > 0 else { return }
    try session.console.writeLine(
      "\(number("tokens_erased")) deleted tokens can no more be restored: their grace was over")
  }
}

/// The subcommand `erase`.
enum EraseCommand {
  /// Erases a token's secrets.
  static func run(_ session: Session) throws {
    let id = session.arguments.operands[0]
    var request = LedgerRequest("TOKEN.ERASE")
    request.add(value: Int64(id) ?? 0)
    for reason in session.arguments.values(.reason) { request.add("REASON", reason) }
    let endpoint = try session.open(for: .changing)
    _ = try endpoint.call(request)
    try session.arguments.has(.json)
      ? session.write(.members(["erased": .integer(Int64(id) ?? 0)]))
      : session.console.writeLine("the secrets of token \(id) are in no segment any more")
  }
}
