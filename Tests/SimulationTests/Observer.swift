// A client that only ever reads, and takes everything at once: by it a run knows what the ledger
// shows. It asks between two turns, and has no part in the order of things.

import LinuxIO
import RESP

@testable import LedgerServer

/// Reads the log of a node.
final class Observer {
  private let node: Node
  private let wire: SimulatedWire
  private let connection: Connection

  init(_ node: Node, _ trace: Trace) {
    self.node = node
    wire = SimulatedWire(capacityBytes: .max, trace)
    connection = node.admit(.simulated(Int32.max), groups: [], on: wire)
  }

  /// The events behind the first `count` ones.
  func entries(after count: Int) throws -> [LedgerEntry] {
    let reply = try ask(["XRANGE", "ledger", "-", "+"])
    guard case .array(let elements) = reply else { throw Violation("XRANGE said \(reply.shown)") }
    return try elements.dropFirst(count).map { element in
      guard let entry = LedgerEntry(element) else { throw Violation("no entry: \(element.shown)") }
      return entry
    }
  }

  /// The reply to a request, in RESP2.
  func ask(_ words: [String]) throws -> Reply {
    var writer = RequestWriter()
    writer.write(words.map { Array($0.utf8) })
    wire.deliver(writer.bytes)
    guard let event = wire.event else { throw Violation("the observer is not listened to") }
    node.serve(connection, event)
    var bytes: [UInt8] = []
    for _ in 0..<10_000 {
      bytes += wire.take(.max)
      var parser = ReplyParser()
      var offset = 0
      if case .reply(let reply) = parser.next(bytes.span, at: &offset) { return reply }
      node.writeSlices()
    }
    throw Violation("\(words) was not answered")
  }
}
