// Which events of the ledger are wanted, put together step by step and asked over the socket; and
// the events that came.
//
// Values of one filter are alternatives; different filters must all hold. Owner: the caller.
// Grammar: schema/protocol.md, "History".

internal import RESP

/// A chainable description of events to look for.
///
///     let history = RemoteHistory().user("7").type("deleted").since(.sequence(1000))
///     for event in try connection.events(history.limit(100)) { … }
public struct RemoteHistory: Equatable, Sendable {
  private(set) var arguments: [String] = []

  /// All events, oldest first; the ledger gives 1,000 of them unless told.
  public init() {}

  /// Only events of this token, also of a deleted one.
  public func token(_ id: Int64) -> RemoteHistory { with("TOKEN", String(id)) }

  /// Only events of tokens of this character.
  public func character(_ id: Int64) -> RemoteHistory { with("CHARACTER", String(id)) }

  /// Only events of tokens of this user.
  public func user(_ user: String) -> RemoteHistory { with("USER", user) }

  /// Only events of this kind.
  public func type(_ name: String) -> RemoteHistory { with("TYPE", name) }

  /// Only events that this uid caused; nil: the ledger itself.
  public func actor(uid: UInt32?) -> RemoteHistory {
    with("ACTOR", uid.map { String($0) } ?? "system")
  }

  /// Only events whose reason fits a pattern with `*` and `?`.
  public func reason(_ pattern: String) -> RemoteHistory { with("REASON", pattern) }

  /// Only events at or behind a moment.
  public func since(_ moment: RemoteMoment) -> RemoteHistory { with("SINCE", moment.text) }

  /// Only events at or before a moment.
  public func until(_ moment: RemoteMoment) -> RemoteHistory { with("UNTIL", moment.text) }

  /// At most this many events, the first ones of the order; up to 100,000.
  public func limit(_ count: Int) -> RemoteHistory { with("COUNT", String(count)) }

  /// Newest first.
  public func reversed() -> RemoteHistory { with("REV") }

  private func with(_ words: String...) -> RemoteHistory {
    var history = self
    history.arguments += words
    return history
  }
}

/// An event, as the ledger shows it: all text, secrets as fingerprints.
public struct LedgerEvent: Equatable, Sendable {
  /// `<unix-ms>-<n>`: rising, and a moment of the log.
  public let id: String

  /// What is told of it, by the names of schema/events.md section 6.
  public let fields: [String: String]

  /// The event's number; the next page of a history begins one above it.
  public var sequence: Int64? { fields["seq"].flatMap { Int64($0) } }

  /// The event's kind.
  public var type: String { fields["type"] ?? "" }

  /// The token that it is about; nil for one of the ledger itself.
  public var token: Int64? { fields["token"].flatMap { Int64($0) } }

  init?(_ reply: Reply) {
    guard let parts = reply.elements, parts.count == 2, let id = parts[0].text,
      let pairs = parts[1].pairs
    else { return nil }
    self.id = id
    var fields: [String: String] = [:]
    for pair in pairs {
      guard let name = pair.key.text, let value = pair.value.text else { return nil }
      fields[name] = value
    }
    self.fields = fields
  }
}

extension LedgerConnection {
  /// The events that a history describes.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func events(_ history: RemoteHistory) throws(ClientError) -> [LedgerEvent] {
    try answer(to: ["LEDGER.HISTORY"] + history.arguments) { reply in
      guard let elements = reply.elements else { return nil }
      let events = elements.compactMap(LedgerEvent.init)
      return events.count == elements.count ? events : nil
    }
  }
}
