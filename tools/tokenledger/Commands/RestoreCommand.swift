// `tokenledger restore`: brings back one token, all that are held back, or all that were deleted in
// a span of time; says how many came back. All of one line come back, or none.
// Schema: schema/protocol.md, TOKEN.RESTORE and TOKENS.RESTORE.

import RESP

/// The subcommand `restore`.
enum RestoreCommand {
  /// Restores and shows the count.
  static func run(_ session: Session) throws {
    let request = try request(session.arguments)
    let endpoint = try session.open(for: .changing)
    guard let count = try endpoint.call(request).integer
    else { throw EndpointError.unexpectedReply(command: request.command) }
    try session.arguments.has(.json)
      ? session.write(.members(["restored": .integer(count)]))
      : session.console.writeLine("restored \(count)")
  }

  private static func request(_ arguments: Arguments) throws(UsageError) -> LedgerRequest {
    for flag in [FlagName.until, .actor] where arguments.has(flag) && !arguments.has(.since) {
      throw .missingFlag(.since, placeholder: "TIME", .restore)
    }
    let isOfMany = arguments.has(.held) || arguments.has(.since)
    guard arguments.operands.isEmpty == isOfMany else { throw .restoreNeedsOneChoice }
    var request = LedgerRequest(isOfMany ? "TOKENS.RESTORE" : "TOKEN.RESTORE")
    for id in arguments.operands { request.add(value: Int64(id) ?? 0) }
    if arguments.has(.held) { request.add("HELD") }
    for time in arguments.values(.since) { request.add("SINCE", time) }
    for time in arguments.values(.until) { request.add("UNTIL", time) }
    for uid in arguments.values(.actor) { request.add("ACTOR", uid) }
    for reason in arguments.values(.reason) { request.add("REASON", reason) }
    return request
  }
}
