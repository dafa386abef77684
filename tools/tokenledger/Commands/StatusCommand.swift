// `tokenledger status`: what the ledger says about itself, as names and values.
// The names are the daemon's: a newer one may show more of them, and they are shown as they come.
// Schema: schema/protocol.md, LEDGER.STATUS.

import RESP

/// The subcommand `status`.
enum StatusCommand {
  /// Asks and shows the names and values.
  static func run(_ session: Session) throws {
    let request = LedgerRequest("LEDGER.STATUS")
    let endpoint = try session.open(for: .reading)
    let pairs = try endpoint.call(request).requirePairs(of: request.command)
    guard !session.arguments.has(.json) else { return try session.write(Reply.object(pairs)) }
    var table = Table([Table.Column("name"), Table.Column("value")])
    for pair in pairs { table.add([pair.key.cell, pair.value.cell]) }
    try session.console.write(Array(table.text.utf8))
  }
}
