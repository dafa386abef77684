// An event as a CloudEvent: the form that event brokers, archives and audit tools read. Made from
// the entry that the ledger shows, so secrets are fingerprints here as there.
// Schema: schema/events.md section 7, schema/events.schema.json. Source: CloudEvents 1.0.2.

import RESP
import TokenLedger

/// The envelope that the events of one ledger share.
struct CloudEvent {
  /// Which ledger: `tokenledger:` and its id.
  let source: String

  /// The envelope of the ledger that this endpoint asks.
  init(of endpoint: any LedgerEndpoint) throws(EndpointError) {
    let request = LedgerRequest("LEDGER.STATUS")
    let reply = try endpoint.call(request)
    guard let id = reply.value(for: "ledger")?.text
    else { throw .unexpectedReply(command: request.command) }
    source = "tokenledger:" + id
  }

  /// The event in the JSON format.
  func json(_ entry: EventEntry) -> JSONValue {
    var members: [JSONValue.Member] = []
    func add(_ name: String, _ value: JSONValue) {
      members.append(JSONValue.Member(name: name, value: value))
    }
    add("specversion", .string("1.0"))
    add("id", .string(entry.id))
    add("source", .string(source))
    add("type", .string("tokenledger." + entry.type))
    if let token = entry.token { add("subject", .string("token/\(token)")) }
    if let time = entry.time { add("time", .string(time.shownToMillisecond)) }
    add("datacontenttype", .string("application/json"))
    if let sequence = entry.sequence { add("sequence", .string(padded(sequence))) }
    let data = entry.fields.filter { $0.name != "seq" && $0.name != "type" }
    add("data", .object(data.map { JSONValue.Member(name: $0.name, value: $0.typed) }))
    return .object(members)
  }

  /// The sequence in as many digits as the greatest one has: texts then sort as numbers do.
  private func padded(_ sequence: Int64) -> String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
  }
}
