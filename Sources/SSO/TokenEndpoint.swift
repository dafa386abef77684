// Asking the token endpoint for new tokens, as often as the retry policy says.
//
// Invariant: a refresh token or code is sent at most `RetryPolicy.attempts` times, and the outcome
// is the last answer's. Chance, clock and waiting are handed in. Owner: the refresher, one value
// that many tasks use. Source: RFC 6749 §4.1.3 and §6, RFC 7636 §4.5, schema/sso.md.

internal import Foundation
public import HTTP

/// The token endpoint of the SSO, for one client.
public struct TokenEndpoint<Transport: HTTPTransport>: Sendable {
  /// Who asks.
  public struct Client: Sendable {
    /// The client's id.
    public let id: String
    /// The client's secret, or nil for a public client, which names itself in the form.
    public let secret: SecretText?
    /// What the requests say of the program.
    public let userAgent: String

    /// Names all parts.
    public init(id: String, secret: SecretText?, userAgent: String) {
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
    await granted([("grant_type", "refresh_token"), ("refresh_token", token.text)])
  }

  /// Spends a code of a login, which no answer gives back: it is not sent again once the SSO may
  /// have seen it.
  ///
  /// - Parameters:
  ///   - code: what the SSO gave the browser.
  ///   - redirectURI: the address that the login was begun with.
  ///   - verifier: what the login's challenge was made of, or nil without PKCE.
  /// - Returns: what the answer means.
  public func exchange(
    code: SecretText, redirectURI: String, verifier: SecretText?
  ) async -> TokenOutcome {
    let fields = [
      ("grant_type", "authorization_code"), ("code", code.text), ("redirect_uri", redirectURI),
    ]
    let proof = verifier.map { [("code_verifier", $0.text)] } ?? []
    return await granted(fields + proof, isRepeatable: false)
  }

  private func granted(
    _ fields: [(String, String)], isRepeatable: Bool = true
  ) async -> TokenOutcome {
    switch await settled(post(fields, to: url), isRepeatable: isRepeatable) {
    case .settled(let answer): return TokenOutcome(answer)
    case .giveUp(let failure): return .failed(failure)
    case .wait: preconditionFailure("a settled request does not wait")
    }
  }

  /// Sends a request until the policy is content; never gives `wait`.
  func settled(
    _ request: HTTPRequest, isRepeatable: Bool = true
  ) async -> RetryPolicy.Decision {
    var attempt = 1
    while true {
      let decision = policy.decision(
        after: await result(of: request), attempt: attempt, isRepeatable: isRepeatable,
        now: now, jitter: surroundings.jitter())
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

  /// A form with the client's credentials.
  ///
  /// - Source: RFC 6749 §2.3.1, and §3.2.1 for a client without a secret.
  func post(_ fields: [(String, String)], to url: String) -> HTTPRequest {
    var headers = plainHeaders
    var fields = fields
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    if let secret = client.secret {
      let credentials = Data("\(client.id):\(secret.text)".utf8).base64EncodedString()
      headers["Authorization"] = "Basic \(credentials)"
    } else {
      fields.append(("client_id", client.id))
    }
    let form = fields.map { "\($0)=\(formEncoded($1))" }.joined(separator: "&")
    return HTTPRequest(url: url, headers: headers, body: Array(form.utf8))
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
