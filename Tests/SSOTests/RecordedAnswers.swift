import Foundation
import HTTP
import TestSupport

/// One recorded conversation with the token endpoint.
struct RecordedExchange: Decodable, Sendable {
  let call: String
  let name: String
  let responses: [RecordedResponse]
  let expect: Expectation

  struct Expectation: Decodable, Sendable {
    let raised: String?
    let error: String?
    let requests: Int
    let waits: [Double]
    let result: Grant?
  }

  /// The tokens given; a null and an absent refresh token differ.
  struct Grant: Decodable, Sendable {
    let accessToken: String
    let refreshToken: String?

    enum CodingKeys: String, CodingKey {
      case accessToken = "access_token"
      case refreshToken = "refresh_token"
    }
  }

  var title: String { "\(call): \(name)" }
}

/// What the SSO answered, or why it did not.
struct RecordedResponse: Decodable, Sendable {
  let status: Int?
  let headers: [String: String]?
  let body: String?
  let error: String?

  var result: Result<HTTPAnswer, HTTPFailure> {
    guard let status else { return .failure(failure) }
    return .success(
      HTTPAnswer(status: status, headers: headers ?? [:], body: Array((body ?? "").utf8)))
  }

  private var failure: HTTPFailure {
    switch error {
    case "ConnectError", "ConnectTimeout", "PoolTimeout": .notConnected
    case "TooManyRedirects", "DecodingError": .undecodable
    default: .interrupted
    }
  }
}

/// The file `sso-http.json`.
struct RecordedAnswers: Decodable, Sendable {
  let clock: Int64
  let cases: [RecordedExchange]
  let lifetimes: [Lifetime]
  let steps: [Step]

  struct Lifetime: Decodable, Sendable {
    let headers: [String: String]
    let ttl: Int64
  }

  struct Step: Decodable, Sendable {
    let step: String
    let isForced: Bool
    let advanceSeconds: Int64
    let requests: Int
    let served: RecordedResponse?
    let keys: [String]?

    enum CodingKeys: String, CodingKey {
      case step, requests, served, keys
      case isForced = "force_refresh"
      case advanceSeconds = "advance_seconds"
    }
  }

  enum CodingKeys: String, CodingKey {
    case clock, cases
    case lifetimes = "jwks_ttl"
    case steps = "jwks_sequence"
  }

  static func load() throws -> RecordedAnswers {
    let data = try Data(contentsOf: Fixtures.oracle.appendingPathComponent("sso-http.json"))
    return try JSONDecoder().decode(RecordedAnswers.self, from: data)
  }
}
