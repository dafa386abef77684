// One deletion with its circumstances, which other events of the token tell: how it came to be,
// what led to the deletion, whether it was brought back since, whether it was revoked.
// Each is asked for by itself, so no history is read as a whole, however long it is.
// Schema: schema/protocol.md, "History".

import TokenLedger

/// A deletion.
struct Deletion {
  /// Whether it can be undone.
  enum Undo: String, CaseIterable {
    /// The token comes back as it was.
    case possible = "yes"
    /// It comes back, but the provider has ended its refresh token.
    case revoked = "yes, revoked"
    /// It came back already.
    case restored = "no, restored"
  }

  private let event: EventEntry
  private let creation: EventEntry?
  private let cause: EventEntry?
  let undo: Undo

  /// The row of the answer.
  var cells: [AuditAnswer.Cell] {
    [
      .init(event.time), .init(event.token), .init(creation?["character_id"].flatMap { Int64($0) }),
      .init(creation?["character_name"]), .init(creation?["user"]), .text(undo.rawValue),
      .init(event["cause"].flatMap { Int64($0) }), .init(cause.map(Self.shown)),
      .text(event.actor), .init(event["reason"]),
    ]
  }

  private static func shown(_ cause: EventEntry) -> String {
    [cause.type, cause["class"], cause["code"]].compactMap { $0 }.joined(separator: " ")
  }

  /// The circumstances of these deletions, in their order.
  static func all(
    of events: [EventEntry], at endpoint: any LedgerEndpoint
  ) throws(EndpointError) -> [Deletion] {
    var found: [[EventEntry]] = []
    for batch in endpoint.batches(events.flatMap(requests), { $0 }) {
      for (request, reply) in try batch.replies() {
        var entries: [EventEntry] = []
        for element in try reply.checked().requireElements(of: request.command) {
          entries.append(try EventEntry(element, of: request.command))
        }
        found.append(entries)
      }
    }
    var deletions: [Deletion] = []
    for (index, event) in events.enumerated() {
      let answers = found[index * requestCount..<(index + 1) * requestCount]
      deletions.append(try Deletion(event, Array(answers), at: endpoint))
    }
    return deletions
  }

  /// The questions about a deletion, in the order that the initializer takes the answers.
  private static func requests(_ event: EventEntry) -> [LedgerRequest] {
    let (token, sequence) = (event.token ?? 0, event.sequence ?? 0)
    let cause = event["cause"] ?? "0"
    var creation = LedgerRequest("TOKEN.HISTORY", id: token)
    creation.add("TYPE", Event.Tag.created.name.description)
    var restoration = LedgerRequest("TOKEN.HISTORY", id: token)
    restoration.add("TYPE", Event.Tag.restored.name.description)
    restoration.add("SINCE", "#\(sequence + 1)")
    restoration.add("COUNT", 1)
    var revocations = LedgerRequest("TOKEN.HISTORY", id: token)
    revocations.add("TYPE", Event.Tag.revoked.name.description)
    var causing = LedgerRequest("LEDGER.HISTORY")
    causing.add("SINCE", "#\(cause)")
    causing.add("UNTIL", "#\(cause)")
    return [creation, restoration, revocations, causing]
  }

  private static let requestCount = 4

  private init(
    _ event: EventEntry, _ answers: [[EventEntry]], at endpoint: any LedgerEndpoint
  ) throws(EndpointError) {
    self.event = event
    creation = answers[0].first
    cause = answers[3].first
    let revocation = answers[2].last { $0["class"] == nil }
    if !answers[1].isEmpty {
      undo = .restored
    } else if let revocation, try !Self.hasNewRefreshToken(since: revocation, at: endpoint) {
      undo = .revoked
    } else {
      undo = .possible
    }
  }

  /// Whether the token got another refresh token after the one that was revoked.
  private static func hasNewRefreshToken(
    since revocation: EventEntry, at endpoint: any LedgerEndpoint
  ) throws(EndpointError) -> Bool {
    var request = LedgerRequest("TOKEN.HISTORY", id: revocation.token ?? 0)
    for type in [Event.Tag.loggedIn, .refreshed, .refreshFailed] {
      request.add("TYPE", type.name.description)
    }
    request.add("SINCE", "#\(revocation.sequence ?? 0)")
    var pages = EventPages(endpoint, request)
    while let entries = try pages.next() {
      if entries.contains(where: \.bringsRefreshToken) { return true }
    }
    return false
  }
}

extension EventEntry {
  /// Whether the token has another refresh token since this event.
  fileprivate var bringsRefreshToken: Bool {
    type == Event.Tag.loggedIn.name.description || self["refresh_token"] == "replaced"
      || self["rotated_fingerprint"] != nil
  }
}
