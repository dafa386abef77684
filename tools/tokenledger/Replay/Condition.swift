// What `--break` and `until` wait for: comparisons of an event's fields, joined by and, or, not.
// Pure: a condition is asked about a step of the replay, and knows nothing else.
//
//    condition  = all { "or" all }
//    all        = one { "and" one }
//    one        = "not" one | "(" condition ")" | field operator value
//    operator   = "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">="

import Bytes
import TokenLedger

/// A condition on a step of the replay.
indirect enum Condition: Equatable, Sendable {
  case any([Condition])
  case all([Condition])
  case not(Condition)
  case compare(ConditionField, ConditionOperator, String)

  /// Whether it holds for a step.
  func holds(for step: ReplayStep) -> Bool {
    switch self {
    case .any(let conditions): conditions.contains { $0.holds(for: step) }
    case .all(let conditions): conditions.allSatisfy { $0.holds(for: step) }
    case .not(let condition): !condition.holds(for: step)
    case .compare(let field, let comparison, let value):
      comparison.holds(field.values(in: step), value, isNumber: field.isNumber)
    }
  }
}

/// What is compared.
enum ConditionField: String, CaseIterable, Sendable {
  case type, seq, token, character, user, scope, actor, reason, `class`, code

  /// Whether its values are numbers.
  var isNumber: Bool {
    switch self {
    case .seq, .token, .character: true
    default: false
    }
  }

  /// The values of a step: none where it has no such thing, several of scopes.
  func values(in step: ReplayStep) -> [String] {
    let token = step.after ?? step.before
    switch self {
    case .type: return [step.event.tag.name.description]
    case .seq: return [String(step.event.sequence.rawValue)]
    case .token: return step.event.token.map { [String($0.rawValue)] } ?? []
    case .character: return token.map { [String($0.character.rawValue)] } ?? []
    case .user: return token?.user.map { [$0.string] } ?? []
    case .scope: return token?.scopes.map(\.string) ?? []
    case .actor:
      if case .peer(let uid, _, _) = step.event.actor { return [String(uid)] }
      return ["system"]
    case .reason: return step.event.reason.map { [$0.string] } ?? []
    case .class: return step.event.failure.map { [$0.failureClass.word.description] } ?? []
    case .code: return step.event.failure.map { [$0.code.string] } ?? []
    }
  }
}

/// How it is compared.
enum ConditionOperator: String, CaseIterable, Sendable {
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case different = "!="
  case unlike = "!~"
  case equal = "="
  case like = "~"
  case less = "<"
  case greater = ">"

  /// Whether the comparison is one of order, and so of numbers.
  var isOfNumbers: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }

  /// Whether one of the values compares so; the negative ones hold where none does.
  func holds(_ values: [String], _ wanted: String, isNumber: Bool) -> Bool {
    switch self {
    case .equal: values.contains { isNumber ? Int64($0) == Int64(wanted) : $0 == wanted }
    case .different: !ConditionOperator.equal.holds(values, wanted, isNumber: isNumber)
    case .like: values.contains { GlobPattern(Array(wanted.utf8)).matches(Array($0.utf8)) }
    case .unlike: !ConditionOperator.like.holds(values, wanted, isNumber: isNumber)
    case .less: compares(values, wanted, <)
    case .lessOrEqual: compares(values, wanted, <=)
    case .greater: compares(values, wanted, >)
    case .greaterOrEqual: compares(values, wanted, >=)
    }
  }

  private func compares(
    _ values: [String], _ wanted: String, _ isOrdered: (Int64, Int64) -> Bool
  ) -> Bool {
    guard let wanted = Int64(wanted) else { return false }
    return values.contains { value in Int64(value).map { isOrdered($0, wanted) } ?? false }
  }
}

extension Event {
  /// What failed, of a failed refresh.
  fileprivate var failure: RefreshFailure? {
    if case .refreshFailed(let failure) = body { failure } else { nil }
  }
}
