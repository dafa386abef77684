// A step of a replay in words: the event, and what it did to its token.
// One line for people, one object for programs; no secret can be in either.
// Pure: fields as schema/events.md section 6 has them.

import LedgerServer
import TokenLedger

extension ReplayStep {
  /// One line: sequence, event id, kind, token, what changed, who and why.
  var line: String {
    var parts = ["#\(event.sequence.rawValue) \(event.id.text) \(event.tag.name)"]
    if let token = event.token { parts[0] += " token \(token.rawValue)" }
    let changes = self.changes.map(\.text).joined(separator: ", ")
    parts[0] += ": " + (changes.isEmpty ? "no change" : changes)
    parts.append(event.actor.text)
    if let cause = event.cause { parts.append("caused by #\(cause.rawValue)") }
    if let reason = event.reason { parts.append("reason: \(reason.string)") }
    return parts.joined(separator: " · ").harmless
  }

  /// The same for programs: the fields of the event, and the changes.
  var json: JSONValue {
    var members = [JSONValue.Member(name: "id", value: .string(event.id.text))]
    members += EventFields(event).pairs.map { name, value in
      JSONValue.Member(name: name.description, value: .text(value))
    }
    members.append(JSONValue.Member(name: "changes", value: .list(changes.map(\.json))))
    return .object(members)
  }

  private var changes: [FieldChange] { FieldChange.changes(from: before, to: after) }
}
