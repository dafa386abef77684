// `tokenledger digest`: one line that is the same for two ledgers with the same tokens.
// Events of the ledger itself (it was opened, it was compacted) do not change it, so a copy made by
// export and import can be compared with its original.

import RESP

/// The subcommand `digest`.
enum DigestCommand {
  /// Asks and shows the digest.
  static func run(_ session: Session) throws {
    var request = LedgerRequest("LEDGER.DIGEST")
    session.arguments.value(.asof).map { request.add("ASOF", $0) }
    let endpoint = try session.open(for: .reading)
    guard let digest = try endpoint.call(request).text
    else { throw EndpointError.unexpectedReply(command: request.command) }
    try session.arguments.has(.json)
      ? session.write(.members(["digest": .string(digest)])) : session.console.writeLine(digest)
  }
}
