// What a report tells, counted in one pass over the events and one over the tokens. Memory is
// bounded by the distinct things that are counted (kinds, actors, reasons, scopes, bins) and by the
// tokens that were deleted or that fail, never by the number of events.
// Pure: whoever reads the ledger puts events and tokens in, one after the other.

import TokenLedger

/// The groups that activity is shown in; also the order of the columns' parts.
enum ActivityGroup: String, CaseIterable {
  case created, refreshed, failed, deleted, other

  /// The group of an event.
  init(_ entry: EventEntry) {
    switch entry.type {
    case "created", "loggedIn", "restored": self = .created
    case "refreshed": self = .refreshed
    case "refreshFailed": self = .failed
    case "deleted": self = .deleted
    default: self = .other
    }
  }

  /// What it is called on the page.
  var title: String {
    switch self {
    case .created: "created, logged in, restored"
    case .refreshed: "refreshed"
    case .failed: "refresh failed"
    case .deleted: "deleted"
    case .other: "other"
    }
  }
}

/// The figures of a report.
struct ReportFigures {
  /// How often a refresh failed in one way.
  struct Failure: Equatable {
    var count = 0
    var first = ""
    var last = ""
  }

  /// What somebody did.
  typealias Counts = [ActivityGroup: Int]

  /// Deletions for one reason by one actor.
  struct Deletion: Hashable {
    let reason: String
    let actor: String
  }

  /// Tokens with a scope.
  struct ScopeUse: Equatable {
    var tokens = 0
    var expired = 0
    var refreshable = 0
  }

  /// A failure in a row counts from so many on as failing again and again.
  static let failuresInARow = 3

  let bins: ReportBins
  private(set) var eventCount = 0
  private(set) var types: [String: Int] = [:]
  private(set) var activity: [Counts]
  private(set) var failures: [String: Failure] = [:]
  private(set) var actors: [String: Counts] = [:]
  private(set) var deletions: [Deletion: (count: Int, restored: Int)] = [:]
  private(set) var scopes: [String: ScopeUse] = [:]
  private(set) var tokenCount = 0
  private(set) var expiredUnrefreshable: [Int64] = []
  private(set) var withoutUser: [Int64] = []
  private var deletedTokens: [Int64: Deletion] = [:]
  private var failuresSinceSuccess: [Int64: Int] = [:]

  /// Counts nothing yet.
  init(_ bins: ReportBins) {
    self.bins = bins
    activity = Array(repeating: [:], count: bins.count)
  }

  // MARK: Events

  /// Takes an event in.
  mutating func take(_ entry: EventEntry) {
    let group = ActivityGroup(entry)
    eventCount += 1
    types[entry.type, default: 0] += 1
    let milliseconds = (entry.time?.microseconds ?? 0) / 1000
    activity[bins.index(of: milliseconds)][group, default: 0] += 1
    actors[entry.actor.withoutProcess, default: [:]][group, default: 0] += 1
    if group == .failed { note(failure: entry) }
    guard let token = entry.token else { return }
    switch entry.type {
    case "deleted":
      let deletion = Deletion(reason: entry["reason"] ?? "", actor: entry.actor.withoutProcess)
      deletions[deletion, default: (0, 0)].count += 1
      deletedTokens[token] = deletion
      failuresSinceSuccess[token] = nil
    case "restored":
      if let deletion = deletedTokens.removeValue(forKey: token) {
        deletions[deletion]?.restored += 1
      }
    case "refreshFailed": failuresSinceSuccess[token, default: 0] += 1
    case "refreshed", "loggedIn": failuresSinceSuccess[token] = nil
    default: break
    }
  }

  private mutating func note(failure entry: EventEntry) {
    let time = entry.time?.shown ?? ""
    let name = "\(entry["class"] ?? "") \(entry["code"] ?? "")"
    if failures[name] == nil { failures[name] = Failure(first: time) }
    failures[name]?.count += 1
    failures[name]?.last = time
  }

  /// The tokens whose last refreshes all failed, ascending.
  var failingAgain: [Int64] {
    failuresSinceSuccess.filter { $0.value >= Self.failuresInARow }.map(\.key).sorted()
  }

  // MARK: Tokens

  /// Takes a token in.
  mutating func take(
    token id: Int64, scopes names: [String], hasUser: Bool, isExpired: Bool, canRefresh: Bool
  ) {
    tokenCount += 1
    for name in names {
      scopes[name, default: ScopeUse()].tokens += 1
      if isExpired { scopes[name]?.expired += 1 }
      if canRefresh { scopes[name]?.refreshable += 1 }
    }
    if isExpired, !canRefresh { expiredUnrefreshable.append(id) }
    if !hasUser { withoutUser.append(id) }
  }
}

extension String {
  /// An actor without the number of its process, so that the same program is counted together.
  fileprivate var withoutProcess: String {
    split(separator: " ").filter { !$0.hasPrefix("pid:") }.joined(separator: " ")
  }
}
