// An SSO that answers as a test says, and can keep its answers back to show how many are asked for
// at the same time.

import Foundation
import HTTP
import SSO
import TestSupport
import Testing

/// A transport without a network.
final class ScriptedSSO: HTTPTransport {
  struct State: Sendable {
    var requests: [HTTPRequest] = []
    var runningCount = 0
    var mostAtOnce = 0
    fileprivate var isHeld = false
    fileprivate var held: [CheckedContinuation<Void, Never>] = []
  }

  /// What is answered to a request, with its form as text.
  typealias Script = @Sendable (_ url: String, _ form: String) -> Result<HTTPAnswer, HTTPFailure>

  let state = Watched(State())
  private let script: Script

  /// Answers by a script; while it is held, not before `release`.
  init(isHeld: Bool = false, _ script: @escaping Script) {
    self.script = script
    state.change { $0.isHeld = isHeld }
  }

  /// Gives the answers that were kept back, and keeps none back afterwards.
  func release() {
    let held = state.change { state in
      state.isHeld = false
      defer { state.held = [] }
      return state.held
    }
    for continuation in held { continuation.resume() }
  }

  func answer(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer {
    begin(request)
    await withCheckedContinuation(waitForRelease)
    state.change { $0.runningCount -= 1 }
    return try script(request.url, String(decoding: request.body ?? [], as: UTF8.self)).get()
  }

  private func begin(_ request: HTTPRequest) {
    state.change { state in
      state.requests.append(request)
      state.runningCount += 1
      state.mostAtOnce = max(state.mostAtOnce, state.runningCount)
    }
  }

  private func waitForRelease(_ continuation: CheckedContinuation<Void, Never>) {
    let isHeld = state.change { state in
      if state.isHeld { state.held.append(continuation) }
      return state.isHeld
    }
    if !isHeld { continuation.resume() }
  }
}

// MARK: - Answers

extension ScriptedSSO {
  static func json(_ text: String, status: Int = 200) -> Result<HTTPAnswer, HTTPFailure> {
    .success(HTTPAnswer(status: status, body: Array(text.utf8)))
  }

  static func tokens(
    access: String, refresh: String? = nil
  ) -> Result<HTTPAnswer, HTTPFailure> {
    let rotation = refresh.map { #", "refresh_token": "\#($0)""# } ?? ""
    return json(#"{"access_token": "\#(access)"\#(rotation)}"#)
  }

  /// Keys for no access token at all.
  static let noKeys = json(#"{"keys": []}"#)
}

/// A recorded access token that is valid at a moment, with the keys for it.
struct ValidToken {
  let text: String
  let owner: String
  let clock: Int64
  let keys: HTTPAnswer

  /// Reads the first case of `jwt.json`.
  static func load() throws -> ValidToken {
    let data = try Data(contentsOf: Fixtures.oracle.appendingPathComponent("jwt.json"))
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let cases = try #require(document["cases"] as? [[String: Any]])
    let token = try #require(cases.first)
    let claims = try #require(token["claims"] as? [String: Any])
    let keys = try JSONSerialization.data(withJSONObject: try #require(document["jwks"]))
    return ValidToken(
      text: try #require(token["token"] as? String),
      owner: try #require(claims["owner"] as? String),
      clock: try #require(document["clock"] as? Int64),
      keys: HTTPAnswer(status: 200, body: Array(keys)))
  }
}
