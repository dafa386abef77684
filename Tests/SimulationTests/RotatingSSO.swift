// An SSO that is as strict as they come: a refresh token works once, and whoever sends an old one
// hears `invalid_grant`. It knows which tokens were lost by a worker, and by nothing else.

import RESP
import TestSupport

/// What the simulated SSO answers to a refresh token.
enum RotatingAnswer {
  case rotated(access: String, refresh: String)
  case unavailable
  case invalidGrant
}

/// An SSO that rotates every refresh token.
struct RotatingSSO {
  /// How often each token was refreshed; what counts is the last number.
  private var numbers: [Int64: Int] = [:]
  /// Tokens whose newest refresh token was in the hands of a worker that died, or came too late.
  var spoiled: Set<Int64> = []

  static func access(_ id: Int64, _ number: Int) -> String { "at-\(id)-\(number)" }
  static func refresh(_ id: Int64, _ number: Int) -> String { "rt-\(id)-\(number)" }

  /// Spends a refresh token.
  ///
  /// - Throws: when one is sent that was spent before, without anybody having lost its successor.
  mutating func spend(
    _ refresh: String, of id: Int64, _ generator: inout SeededGenerator
  ) throws -> RotatingAnswer {
    let number = numbers[id, default: 0]
    guard refresh == Self.refresh(id, number) else {
      guard spoiled.contains(id) else { throw Violation("\(refresh) was spent twice") }
      return .invalidGrant
    }
    if Int.random(in: 0...4, using: &generator) == 0 { return .unavailable }
    numbers[id] = number + 1
    return .rotated(
      access: Self.access(id, number + 1), refresh: Self.refresh(id, number + 1))
  }
}

extension Reply {
  /// The number of an access token of `id`, if the text is one.
  func accessNumber(of id: Int64) -> Int? {
    guard let text, text.hasPrefix("at-\(id)-") else { return nil }
    return Int(text.dropFirst("at-\(id)-".utf8.count))
  }
}
