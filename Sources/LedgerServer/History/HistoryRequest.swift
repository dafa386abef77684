// The words of TOKEN.HISTORY and LEDGER.HISTORY: which events, from when to when, how many, in
// which order. Values of one filter are alternatives; different filters must all hold.
// Nothing is resolved here: moments and tokens are the executor's. Schema: schema/protocol.md,
// "History".

import Bytes
import RESP
import TokenLedger

/// What a history is to list.
struct HistoryRequest {
  /// The most entries of one LEDGER.HISTORY, and how many it gives unless told.
  static let maximumCount: Int64 = 100_000
  static let standardCount = 1000
  /// The most patterns of one request, and the bytes of one: each costs every event its length
  /// times the reason's, at worst.
  static let maximumPatterns = 16
  static let maximumPatternBytes = 255

  var tokens: Set<TokenID> = []
  var characters: Set<CharacterID> = []
  var users: Set<Text> = []
  var filter = EventFilter()
  /// All of which lie at or before the first event.
  var since: [Moment] = []
  /// All of which lie at or behind the last event.
  var until: [Moment] = []
  var count: Int?
  var isReverse = false

  /// Whether tokens are chosen.
  var choosesTokens: Bool { !tokens.isEmpty || !characters.isEmpty || !users.isEmpty }

  /// Takes the words to the end of the request.
  init(_ arguments: inout ArgumentReader) throws(CommandError) {
    let isOfLedger = arguments.command == .ledgerHistory
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .token where isOfLedger: tokens.insert(try arguments.tokenID("TOKEN"))
      case .character where isOfLedger: characters.insert(try arguments.characterID())
      case .user where isOfLedger: users.insert(try arguments.text("USER"))
      case .type: filter.tags.insert(try arguments.eventType())
      case .actor: filter.actors.insert(try arguments.actor())
      case .reason: try takePattern(&arguments)
      case .since: since.append(try arguments.moment("SINCE"))
      case .until: until.append(try arguments.moment("UNTIL"))
      case .count:
        guard count == nil else { throw .repeated(.count) }
        let maximum = isOfLedger ? Self.maximumCount : Int64.max
        count = Int(try arguments.integer("COUNT", in: 0...maximum))
      case .rev: isReverse = true
      default: throw .unexpectedArgument(arguments.command)
      }
    }
  }

  private mutating func takePattern(_ arguments: inout ArgumentReader) throws(CommandError) {
    let pattern = try arguments.text("REASON").utf8
    guard pattern.count <= Self.maximumPatternBytes else {
      throw .rejected(.limit(what: "bytes of a pattern", maximum: Self.maximumPatternBytes))
    }
    guard filter.reasons.count < Self.maximumPatterns else {
      throw .rejected(.limit(what: "patterns of one request", maximum: Self.maximumPatterns))
    }
    filter.reasons.append(GlobPattern(pattern))
  }
}

extension ArgumentReader {
  /// Takes a moment of the log.
  @_lifetime(self: copy self)
  mutating func moment(_ what: @autoclosure () -> String) throws(CommandError) -> Moment {
    guard let moment = Moment(text: try next(what()))
    else { throw .invalid(what(), expected: "a time, an event id, or # and a sequence") }
    return moment
  }

  /// Takes the name of a kind of events.
  @_lifetime(self: copy self)
  fileprivate mutating func eventType() throws(CommandError) -> Event.Tag {
    guard let tag = Event.Tag.table[try next("TYPE")] else {
      let names = Event.Tag.allCases.map(\.name.description).joined(separator: ", ")
      throw .invalid("TYPE", expected: "one of \(names)")
    }
    return tag
  }

  /// Takes a uid, or the word for the ledger itself.
  @_lifetime(self: copy self)
  fileprivate mutating func actor() throws(CommandError) -> EventFilter.ActorCondition {
    let word = try next("ACTOR")
    if word.equalsIgnoringCase(Array("SYSTEM".utf8)) { return .system }
    guard let number = parseInteger(word), let uid = UInt32(exactly: number)
    else { throw .invalid("ACTOR", expected: "a uid or system") }
    return .uid(uid)
  }
}

extension Event.Tag {
  /// Finds kinds by their names, in any case.
  fileprivate static let table = NameTable(
    allCases.map { ($0.name.description.uppercased(), $0) })
}
