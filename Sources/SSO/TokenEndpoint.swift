// Asking the token endpoint for new tokens, as often as the retry policy says.
//
// Invariant: one refresh token is sent at most `RetryPolicy.attempts` times, and the outcome is the
// last answer's. Chance, clock and waiting are handed in. Owner: the refresher, one value that many
// tasks use. Source: RFC 6749 §6, schema/sso.md.

internal import Foundation
public import HTTP

/// The token endpoint of the SSO, for one client.
public struct TokenEndpoint<Transport: HTTPTransport>: Sendable {
  /// Who asks.
  public struct Client: Sendable {
    /// The client's id.
    public let id: String
    /// The client's secret.
    public let secret: SecretText
    /// What the requests say of the program.
    public let userAgent: String

    /// Names all parts.
    public init(id: String, secret: SecretText, userAgent: String) {
      self.id = id
      self.secret = secret
      self.userAgent = userAgent
    }
  }

  /// What is asked of the world besides the network.
  public struct Surroundings: Sendable {
    /// Seconds since 1970.
    public let now: @Sendable () -> Int64
    /// Chance, from 0 to 1.
    public let jitter: @Sendable () -> Double
    /// Returns after that many seconds.
    public let wait: @Sendable (Double) async -> Void

    /// Names all parts.
    public init(
      now: @escaping @Sendable () -> Int64, jitter: @escaping @Sendable () -> Double,
      wait: @escaping @Sendable (Double) async -> Void
    ) {
      self.now = now
      self.jitter = jitter
      self.wait = wait
    }
  }

  private let url: String
  private let client: Client
  private let transport: Transport
  private let surroundings: Surroundings
  private let policy = RetryPolicy()

  /// Names the endpoint's address, the client, and the way there.
  public init(
    url: String, client: Client, transport: Transport, surroundings: Surroundings
  ) {
    self.url = url
    self.client = client
    self.transport = transport
    self.surroundings = surroundings
  }

  /// Spends a refresh token.
  public func refresh(_ token: SecretText) async -> TokenOutcome {
    let request = HTTPRequest(url: url, headers: headers, body: form(token))
    switch await settled(request) {
    case .settled(let answer): return TokenOutcome(answer)
    case .giveUp(let failure): return .failed(failure)
    case .wait: preconditionFailure("a settled request does not wait")
    }
  }

  /// Sends a request that may be repeated until the policy is content; never gives `wait`.
  func settled(_ request: HTTPRequest) async -> RetryPolicy.Decision {
    var attempt = 1
    while true {
      let decision = policy.decision(
        after: await result(of: request), attempt: attempt, isRepeatable: true, now: now,
        jitter: surroundings.jitter())
      guard case .wait(let seconds) = decision else { return decision }
      await surroundings.wait(seconds)
      attempt += 1
    }
  }

  /// Seconds since 1970.
  var now: Int64 { surroundings.now() }

  /// The header fields of a request without credentials.
  var plainHeaders: [String: String] {
    ["Accept": "application/json", "User-Agent": client.userAgent]
  }

  private func result(of request: HTTPRequest) async -> Result<HTTPAnswer, HTTPFailure> {
    do throws(HTTPFailure) {
      return .success(try await transport.answer(to: request))
    } catch {
      return .failure(error)
    }
  }

  private var headers: [String: String] {
    let credentials = Data("\(client.id):\(client.secret.text)".utf8).base64EncodedString()
    return [
      "Accept": "application/json",
      "Authorization": "Basic \(credentials)",
      "Content-Type": "application/x-www-form-urlencoded",
      "User-Agent": client.userAgent,
    ]
  }

  private func form(_ token: SecretText) -> [UInt8] {
    Array("grant_type=refresh_token&refresh_token=\(formEncoded(token.text))".utf8)
  }
}

/// A text as it stands in a form; everything but unreserved characters is escaped.
private func formEncoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF")
  return text.utf8.reduce(into: "") { encoded, byte in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      encoded.unicodeScalars.append(Unicode.Scalar(byte))
    default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 0xF)])"
    }
  }
}
