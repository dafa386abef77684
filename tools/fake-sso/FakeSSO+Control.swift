// The controls: what endpoints answer next, the change of keys, and what was asked so far.
// Requests to these are not counted.
// Invariant: answers show no secret; a refresh token stands by its fingerprint.

extension FakeSSO {
  mutating func control(_ request: WebRequest) -> WebAnswer {
    switch (request.method, request.path) {
    case (.post, "/control/outcome"):
      do throws(ControlError) {
        try setRule(request)
        return .text(200, "set")
      } catch {
        return .text(400, error.text)
      }
    case (.post, "/control/rotate-keys"):
      tokens.changeKey()
      return .text(200, "changed")
    case (.post, "/control/reset"):
      rules = [:]
      rulesOfTokens = [:]
      counts = [:]
      sent = [:]
      return .text(200, "reset")
    case (.get, "/control/counts"): return .json(200, countsShown)
    default: return .text(404, "outcome, rotate-keys, reset (POST) and counts (GET) are here")
    }
  }

  private mutating func setRule(_ request: WebRequest) throws(ControlError) {
    guard let form = request.form else { throw ControlError("the body is no form") }
    let known: Set<String> = [
      "what", "status", "body", "error", "delay", "count", "token", "endpoint",
    ]
    for name in form.names where !known.contains(name) {
      throw ControlError("the names are \(known.sorted().joined(separator: ", "))")
    }
    guard let endpoint = Endpoint(rawValue: form["endpoint"] ?? "token")
    else { throw ControlError("endpoint is authorize, token, jwks or revoke") }
    let rule = try Rule(form)
    if let token = form["token"] { rulesOfTokens[token] = rule } else { rules[endpoint] = rule }
  }

  private var countsShown: JSON {
    var members = Endpoint.allCases.map { endpoint in
      (endpoint.rawValue, JSON.number(counts[endpoint, default: 0]))
    }
    members.append(("refresh_tokens_sent", .number(sent.count)))
    members.append(("most_of_one_refresh_token", .number(sent.values.max() ?? 0)))
    let often = sent.filter { $0.value > 1 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    members.append(
      ("sent_more_than_once", .object(often.prefix(100).map { ($0.key, .number($0.value)) })))
    return .object(members)
  }
}
