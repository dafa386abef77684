// An event as the ledger shows it: its id, and names and values, all text. Secrets stand there as
// fingerprints, so an entry can be shown as it is.
// Schema: schema/events.md section 6.

import RESP
import TokenLedger

/// An entry of the log, read as a stream.
struct EventEntry: Equatable, Sendable {
  /// A name and its value.
  struct Field: Equatable, Sendable {
    let name: String
    let value: String
  }

  /// The event id, `<unix-ms>-<n>`.
  let id: String
  /// Everything that is told of the event, in the order of the schema.
  let fields: [Field]

  /// Takes a reply's entry apart; `command` is who gave it.
  init(_ reply: Reply, of command: String) throws(EndpointError) {
    guard let parts = reply.elements, parts.count == 2, let id = parts[0].text,
      let pairs = parts[1].pairs
    else { throw .unexpectedReply(command: command) }
    self.id = id
    fields = pairs.map { Field(name: $0.key.cell, value: $0.value.cell) }
  }

  /// The value of a field; nil when the event has none.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// When the event was, to the millisecond.
  var time: UnixTime? {
    let bytes = Array(id.utf8)
    guard let id = EventID(text: bytes.span, counterIfMissing: 0) else { return nil }
    return UnixTime(clampingMicroseconds: Int64(clamping: id.milliseconds) * 1000)
  }

  /// The event's number.
  var sequence: Int64? { self["seq"].flatMap { Int64($0) } }
  /// The name of the event's kind.
  var type: String { self["type"] ?? "-" }
  /// The token that it is about; nil for an event of the ledger itself.
  var token: Int64? { self["token"].flatMap { Int64($0) } }
  /// Who asked.
  var actor: String { self["actor"] ?? "-" }

  /// What the kind of event tells besides: all fields but those that every event has.
  var details: [Field] {
    fields.filter { !["seq", "type", "token", "actor"].contains($0.name) }
  }
}
