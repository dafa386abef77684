// `tokenledger snapshot`: the state as of now in a file, so that the next start need not read all
// of the log; through the daemon, or in a directory that no daemon has.
// Schema: schema/protocol.md, LEDGER.SNAPSHOT; schema/snapshot.md.

import RESP

/// The subcommand `snapshot`.
enum SnapshotCommand {
  /// Makes a snapshot.
  static func run(_ session: Session) throws {
    let request = LedgerRequest("LEDGER.SNAPSHOT")
    let endpoint = try session.open(for: .changing)
    let pairs = try endpoint.call(request).requirePairs(of: request.command)
    guard !session.arguments.has(.json) else { return try session.write(Reply.object(pairs)) }
    func number(_ name: String) -> Int64 {
      pairs.first { $0.key.text == name }?.value.integer ?? 0
    }
    try session.console.writeLine(
      "snapshot after event \(number("sequence")): \(number("bytes")) bytes")
  }
}
