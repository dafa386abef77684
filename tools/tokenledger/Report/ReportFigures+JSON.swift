// The figures of a report as one JSON object, for programs, and whole: the lists that the page cuts
// are complete here.
// Pure. Names are part of the interface: added to, never changed.

import TokenLedger

extension ReportFigures {
  /// The figures under a head.
  func json(_ head: ReportHead) -> JSONValue {
    .members([
      "ledger": .string(head.ledger), "digest": .string(head.digest),
      "made": .string(head.made.rfc3339), "events": .integer(Int64(eventCount)),
      "tokens": .integer(Int64(tokenCount)), "types": counts(types),
      "activity": .list(activity.indices.map(activity(of:))),
      "failures": .list(failures.sorted { $0.key < $1.key }.map(failure)),
      "actors": .list(actors.sorted { $0.key < $1.key }.map(actor)),
      "scopes": .list(scopes.sorted { $0.key < $1.key }.map(scope)),
      "risk": .members([
        "expired_unrefreshable": ids(expiredUnrefreshable), "held_back": ids(head.heldBack),
        "failing": ids(failingAgain), "without_user": ids(withoutUser),
      ]),
      "deletions": .list(
        deletions.sorted { ($0.key.reason, $0.key.actor) < ($1.key.reason, $1.key.actor) }
          .map(deletion)),
    ])
  }

  private func ids(_ ids: [Int64]) -> JSONValue { .list(ids.map(JSONValue.integer)) }

  private func counts(_ counts: [String: Int]) -> JSONValue {
    .object(
      counts.sorted { $0.key < $1.key }.map {
        JSONValue.Member(name: $0.key, value: .integer(Int64($0.value)))
      })
  }

  private func counts(_ counts: Counts) -> JSONValue {
    self.counts(Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }))
  }

  private func activity(of index: Int) -> JSONValue {
    let start = UnixTime(clampingMicroseconds: bins.start(of: index) * 1000)
    return .members(["from": .string(start.rfc3339), "events": counts(activity[index])])
  }

  private func failure(_ name: String, _ failure: Failure) -> JSONValue {
    .members([
      "failure": .string(name), "events": .integer(Int64(failure.count)),
      "first": .string(failure.first), "last": .string(failure.last),
    ])
  }

  private func actor(_ name: String, _ actor: Counts) -> JSONValue {
    .members(["actor": .string(name), "events": counts(actor)])
  }

  private func scope(_ name: String, _ use: ScopeUse) -> JSONValue {
    .members([
      "scope": .string(name), "tokens": .integer(Int64(use.tokens)),
      "refreshable": .integer(Int64(use.refreshable)), "expired": .integer(Int64(use.expired)),
    ])
  }

  private func deletion(_ deletion: Deletion, _ counts: (count: Int, restored: Int)) -> JSONValue {
    .members([
      "reason": .string(deletion.reason), "actor": .string(deletion.actor),
      "deleted": .integer(Int64(counts.count)), "restored": .integer(Int64(counts.restored)),
    ])
  }
}
