// Which events a history lists: conditions on the event itself, and on the token that it is about.
// Pure; resolved against the state once, when the request comes. Schema: schema/protocol.md,
// "History".

import Bytes
import TokenLedger

/// Conditions on events that must all hold; one that was not given holds.
struct EventFilter {
  /// Who caused an event.
  enum ActorCondition: Hashable {
    case system
    case uid(UInt32)
  }

  /// Kinds, one of which the event has.
  var tags: Set<Event.Tag> = []
  /// Of whom one caused the event.
  var actors: Set<ActorCondition> = []
  /// Patterns, one of which the reason fits; an event without reason fits none.
  var reasons: [GlobPattern] = []
  /// The tokens, one of which it is about; nil: any, or none.
  var tokens: Set<TokenID>?

  /// Whether all conditions hold.
  func accepts(_ event: Event) -> Bool {
    if let tokens {
      guard let token = event.token, tokens.contains(token) else { return false }
    }
    guard tags.isEmpty || tags.contains(event.tag) else { return false }
    guard actors.isEmpty || actors.contains(ActorCondition(event.actor)) else { return false }
    guard !reasons.isEmpty else { return true }
    guard let reason = event.reason else { return false }
    return reasons.contains { $0.matches(reason.utf8) }
  }
}

extension EventFilter.ActorCondition {
  /// What an actor is known by.
  init(_ actor: Actor) {
    switch actor {
    case .system: self = .system
    case .peer(let uid, _, _): self = .uid(uid)
    }
  }
}
