// `tokenledger checkpoint`: the head of the log, to be kept where whoever can change the log cannot
// reach it; and what `tokenledger verify --against` says of one.
// Schema: schema/log.md section 2.

import Foundation
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

/// The subcommand `checkpoint`.
enum CheckpointCommand {
  /// Asks for the head and writes it.
  static func run(_ session: Session) throws {
    let request = LedgerRequest("LEDGER.STATUS")
    let endpoint = try session.open(for: .reading)
    let pairs = try endpoint.call(request).requirePairs(of: request.command)
    func text(_ name: String) -> String { pairs.first { $0.key.text == name }?.value.text ?? "" }
    func number(_ name: String) -> Int64 {
      pairs.first { $0.key.text == name }?.value.integer ?? 0
    }
    guard
      let checkpoint = Checkpoint(
        ledger: text("ledger"), sequence: UInt64(clamping: number("events")),
        chain: text("chain"), time: UnixTime(clampingMicroseconds: number("now_us")))
    else { throw EndpointError.unexpectedReply(command: request.command) }
    if session.arguments.has(.json) { return try session.write(checkpoint.json) }
    guard let path = session.arguments.value(.out) else {
      return try session.console.write(Array(checkpoint.text.utf8))
    }
    var file = try ReplacedFile(path, permissions: .ownerOnly)
    try file.write(Array(checkpoint.text.utf8))
    try file.finish()
  }

  /// Reads the files of `--against`.
  static func read(_ paths: [String]) throws(EndpointError) -> [Checkpoint] {
    var checkpoints: [Checkpoint] = []
    for path in paths {
      let text: String
      do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
        throw .failedIO(path: path, reason: "the checkpoint cannot be read")
      }
      guard let checkpoint = Checkpoint(text: text)
      else { throw .failedIO(path: path, reason: "it is no checkpoint") }
      checkpoints.append(checkpoint)
    }
    return checkpoints
  }
}

extension Checkpoint {
  fileprivate var json: JSONValue {
    .members([
      "ledger": .string(ledger), "sequence": .number(sequence), "chain": .string(chain),
      "time": .string(time.rfc3339),
    ])
  }
}

extension CheckpointVerdict {
  /// The verdict in a line, without its end.
  func words(_ checkpoint: Checkpoint) -> String {
    let what = "checkpoint \(checkpoint.sequence) of \(checkpoint.time.rfc3339)"
    switch self {
    case .holds: return "\(what): holds; nothing up to it was changed"
    case .otherLedger(let id):
      return "\(what): of the ledger \(checkpoint.ledger), and this is "
        + (id ?? "none")
    case .cutShort(let last): return "\(what): the log ends at \(last); what came behind is missing"
    case .noCommit: return "\(what): no batch ends there any more; the log was made anew"
    case .otherChain(let chain):
      return "\(what): the chain value there is \(chain), not \(checkpoint.chain);"
        + " something up to it was changed"
    case .brokenChain:
      return "\(what): its chain value does not follow from the events before it"
    }
  }

  /// The verdict for programs.
  func json(_ checkpoint: Checkpoint) -> JSONValue {
    .members([
      "kind": .string("checkpoint"), "sequence": .number(checkpoint.sequence),
      "holds": .boolean(self == .holds), "text": .string(words(checkpoint)),
    ])
  }
}
