// Going through a log by hand: it stops behind an event, takes commands, and goes on when told to.
// Commands come from the standard input, a line each, so a script can step as well; its end quits.
//
//     moving ── the goal is reached ──> stopped ── next, until, continue ──> moving
//                                          └── quit, end of input ──> over

import TokenLedger

/// The one who steps.
final class Stepper {
  /// Where it stops next.
  private enum Goal {
    case steps(Int64)
    case condition(Condition)
    case end
  }

  private let session: Session
  private let replayed: ReplayedState
  private let span: ReplaySpan
  private var goal = Goal.steps(1)
  /// What changed since it stopped last.
  private var difference = ReplayDifference()
  private var isOver = false

  /// Steps through a replay that keeps its state in `replayed`.
  init(_ session: Session, _ replayed: ReplayedState, _ span: ReplaySpan) {
    self.session = session
    self.replayed = replayed
    self.span = span
  }

  /// Stops behind a step if the goal is reached.
  ///
  /// - Returns: whether the replay goes on.
  func stop(at step: ReplayStep) throws -> Bool {
    difference.note(step)
    guard span.shows(step), isReached(by: step) || span.stops(at: step) else { return true }
    try say(step.line)
    try takeCommands(behind: step)
    return !isOver
  }

  /// The log has ended: takes the last commands.
  func finish() throws {
    guard !isOver else { return }
    try say("end of the log")
    try takeCommands(behind: nil)
  }

  private func isReached(by step: ReplayStep) -> Bool {
    switch goal {
    case .steps(let count):
      goal = .steps(count - 1)
      return count <= 1
    case .condition(let condition): return condition.holds(for: step)
    case .end: return false
    }
  }

  private func say(_ text: String) throws { try session.console.writeLine(text) }

  // MARK: Commands

  /// Carries out commands until one goes on or quits.
  private func takeCommands(behind step: ReplayStep?) throws {
    while let line = session.readLine(prompt: "(replay) ") {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      let rest = Array(words.dropFirst())
      switch words.first ?? "next" {
      case "next", "n":
        guard let count = rest.isEmpty ? 1 : Int64(rest[0]), count >= 1, rest.count <= 1
        else { try say("next N: how many events, from 1"); continue }
        return goOn(.steps(count))
      case "until", "u":
        do throws(ConditionFault) {
          return goOn(.condition(try ConditionParser.parse(rest.joined(separator: " "))))
        } catch {
          try say("character \(error.position): expected \(error.expected)")
        }
      case "continue", "c": return goOn(.end)
      case "quit", "q":
        isOver = true
        return
      default: try look(words, rest, step)
      }
    }
    isOver = true
  }

  private func goOn(_ goal: Goal) {
    self.goal = goal
    difference = ReplayDifference()
  }

  /// Carries out a command that only looks.
  private func look(_ words: [String], _ rest: [String], _ step: ReplayStep?) throws {
    switch words[0] {
    case "show", "s": try show(rest, step)
    case "diff", "d": try difference.show(replayed, session)
    case "digest": try say(replayed.digest)
    case "where", "w":
      let last = replayed.last.map { "#\($0.sequence.rawValue) \($0.id.text)" } ?? "#0"
      try say("\(last): \(replayed.state.tokenCount) tokens")
    case "query": try query(rest)
    case "help", "h": try say(Self.help)
    default: try say("no such command; help lists them")
    }
  }

  private func show(_ rest: [String], _ step: ReplayStep?) throws {
    let number = rest.isEmpty ? step?.event.token?.rawValue : Int64(rest[0])
    guard let number, let id = TokenID(number), rest.count <= 1
    else { return try say("show ID: a token's id, or behind an event of a token nothing") }
    guard let token = replayed.state.tokenEvenIfDeleted(id)
    else { return try say("token \(number) was not created yet") }
    try say("token \(number)")
    for (name, value) in token.shownFields { try say("  \(name) \(value)".harmless) }
  }

  private func query(_ rest: [String]) throws {
    guard case .run(let arguments)? = try? ArgumentParser.parse(["query"] + rest)
    else { return try say("query takes the filters of `tokenledger query`") }
    let validity = Validity(now: replayed.now, duration: .standard)
    do throws(Rejection) {
      let query = TokenQuery(filtersOf: arguments)
      let ids = try replayed.state.ids(of: query, at: validity).map { String($0.rawValue) }
      try? say(ids.isEmpty ? "none" : ids.joined(separator: " "))
    } catch {
      try say("EQUIVALENT: no such token here")
    }
  }

  private static let help = """
    next [N]          one event on, or N
    until CONDITION   on to an event for which it holds, such as type=deleted and user=7
    continue          on to the condition of --break, or the end
    show [ID]         the event's token, or another
    diff              what changed since the stop before
    query FILTERS     which tokens there are, with the filters of `tokenledger query`
    digest, where     the state's digest; the last event
    quit
    """
}

extension TokenQuery {
  /// The filters that were typed for a query.
  init(filtersOf arguments: Arguments) {
    self.init()
    for text in arguments.values(.scopes) { self = requireScopes(.text(Text(text) ?? .empty)) }
    for name in arguments.values(.scope) { self = requireScopes(.names([Text(name) ?? .empty])) }
    for text in arguments.values(.exactly) {
      self = requireScopesExact(.text(Text(text) ?? .empty))
    }
    for id in arguments.ids(.equivalentTo) { self = equivalentTo(id) }
    for text in arguments.values(.ids) {
      self = ids(text.commaSeparated.compactMap { Int64($0) }.compactMap { TokenID($0) })
    }
    for text in arguments.values(.character) {
      self = character(CharacterID(Int64(text) ?? 0))
    }
    for text in arguments.values(.user) { self = user(Text(text) ?? .empty) }
    for text in arguments.values(.owner) { self = owner(Text(text) ?? .empty) }
    for text in arguments.values(.type) {
      self = type(text == "corporation" ? .corporation : .character)
    }
    if arguments.has(.noUser) { self = withoutUser() }
    if arguments.has(.expired) { self = getExpired() }
    if arguments.has(.fresh) { self = fresh() }
    if arguments.has(.refreshable) { self = refreshable() }
    if arguments.has(.held) { self = heldBack() }
  }
}

extension Arguments {
  fileprivate func ids(_ flag: FlagName) -> [TokenID] {
    values(flag).compactMap { Int64($0) }.compactMap { TokenID($0) }
  }
}
