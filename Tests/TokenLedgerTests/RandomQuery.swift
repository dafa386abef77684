import TestSupport
import TokenLedger

/// A random question and, beside it, the rule by which a model answers it token by token.
struct RandomQuery {
  typealias Rule = (LedgerModel.Entry) -> Bool

  private(set) var query = TokenQuery()
  private(set) var rules: [Rule] = []
  private(set) var words: [String] = []

  /// Draws `count` conditions that mostly have something to do with the tokens there are.
  init(_ count: Int, from history: inout RandomHistory) {
    for _ in 0..<count {
      let kind = history.pick(11)
      switch kind {
      case 0, 1, 2: addScopes(&history)
      case 3: addEquivalent(&history)
      case 4: addIDs(&history)
      case 5: addCharacterOrOwner(&history)
      case 6: addUser(&history)
      default: addPlain(kind)
      }
    }
  }

  /// The matching ids of `model`, ascending.
  func answer(in model: LedgerModel) -> [Int64] {
    model.live.filter { entry in rules.allSatisfy { $0(entry) } }.map(\.id).sorted()
  }

  private mutating func add(_ word: String, _ query: TokenQuery, _ rule: @escaping Rule) {
    self.query = query
    rules.append(rule)
    words.append(word)
  }

  private mutating func addScopes(_ history: inout RandomHistory) {
    var names = Array(history.someScopes())
    let entries = history.model.live.sorted { $0.id < $1.id }
    if history.oneIn(2), !entries.isEmpty {
      let owned = entries[history.pick(entries.count)].scopes.sorted()
      names = history.oneIn(2) ? owned : Array(owned.prefix(history.pick(owned.count + 1)))
    }
    if history.oneIn(12) { names.append(.sample("unheard of")) }
    let wanted = Set(names)
    let argument = ScopeArgument.names(names.reversed() + names)
    if history.oneIn(2) {
      add("exactly \(names.count)", query.requireScopesExact(argument)) { $0.scopes == wanted }
    } else {
      add("scopes \(names.count)", query.requireScopes(argument)) {
        wanted.isEmpty ? $0.scopes.isEmpty : $0.scopes.isSuperset(of: wanted)
      }
    }
  }

  private mutating func addEquivalent(_ history: inout RandomHistory) {
    let entries = history.model.live.sorted { $0.id < $1.id }
    guard !entries.isEmpty else { return }
    let other = entries[history.pick(entries.count)]
    add("equivalent \(other.id)", query.equivalentTo(.sample(other.id))) {
      $0.id != other.id && $0.facts.character == other.facts.character
        && $0.scopes == other.scopes
        && ($0.facts.user == nil || $0.facts.user == other.facts.user)
    }
  }

  private mutating func addIDs(_ history: inout RandomHistory) {
    let ids = (0..<history.pick(40)).map { _ in Int64(history.pick(500) + 1) }
    add("ids \(ids)", query.ids((ids + ids).map(TokenID.sample))) { ids.contains($0.id) }
  }

  private mutating func addCharacterOrOwner(_ history: inout RandomHistory) {
    let number = history.pick(9) - 2
    if history.oneIn(2) {
      let character = CharacterID(Int64(number))
      add("character \(number)", query.character(character)) { $0.facts.character == character }
    } else {
      let owner = Text.sample("o\(number)")
      add("owner \(number)", query.owner(owner)) { $0.facts.ownerHash == owner }
    }
  }

  private mutating func addUser(_ history: inout RandomHistory) {
    let user = Text.sample("u\(history.pick(5))")
    if history.oneIn(3) {
      add("no user", query.withoutUser()) { $0.facts.user == nil }
    } else {
      add("user \(user.string)", query.user(user)) { $0.facts.user == user }
    }
  }

  private mutating func addPlain(_ kind: Int) {
    let validity = RandomHistory.validity
    let isExpired: Rule = {
      $0.facts.created.microseconds + validity.duration.microseconds <= validity.now.microseconds
    }
    switch kind {
    case 7: add("expired", query.getExpired(), isExpired)
    case 8: add("fresh", query.fresh()) { !isExpired($0) }
    case 9: add("refreshable", query.refreshable()) { $0.facts.refresh.digest != nil }
    default: add("corporation", query.type(.corporation)) { $0.facts.type == .corporation }
    }
  }
}
