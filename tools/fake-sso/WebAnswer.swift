// What goes back over HTTP/1.1, and in which manner: at once, late, piece by piece, cut off, or not
// at all. A value; the connection carries it out. RFC 9112 §4.
// Invariant: an answer has one Content-Length, that of its body, also when it is then cut off.

/// An answer of the server.
struct WebAnswer: Equatable, Sendable {
  let status: Int
  var headers: [(name: String, value: String)]
  let body: [UInt8]

  init(_ status: Int, _ headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  static func == (left: WebAnswer, right: WebAnswer) -> Bool {
    left.status == right.status && left.body == right.body
      && left.headers.elementsEqual(right.headers, by: ==)
  }

  /// An answer for a person.
  static func text(_ status: Int, _ text: String) -> WebAnswer {
    WebAnswer(
      status, [("Content-Type", "text/plain; charset=utf-8")], body: Array((text + "\n").utf8))
  }

  /// An answer for a program; secrets are not to be kept by anybody on the way.
  static func json(_ status: Int, _ json: JSON, cache: String = "no-store") -> WebAnswer {
    WebAnswer(
      status, [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", cache)],
      body: Array(json.written.utf8))
  }

  /// A page such as a load balancer shows.
  static func page(_ status: Int) -> WebAnswer {
    let text = "<html><head><title>\(status)</title></head><body><h1>\(status)</h1></body></html>"
    return WebAnswer(status, [("Content-Type", "text/html")], body: Array(text.utf8))
  }

  /// An error of OAuth: RFC 6749 §5.2.
  static func error(_ status: Int, _ code: String, _ text: String) -> WebAnswer {
    json(status, .object([("error", .text(code)), ("error_description", .text(text))]))
  }

  /// The answer as bytes.
  func bytes(keepsAlive: Bool) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    head += "Content-Length: \(body.count)\r\n"
    head += "Connection: \(keepsAlive ? "keep-alive" : "close")\r\n\r\n"
    return Array(head.utf8) + body
  }

  /// The words beside a status; no program looks at them.
  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 302: "Found"
    case 200..<300: "Success"
    case 300..<400: "Redirection"
    case 400..<500: "Client Error"
    default: "Server Error"
    }
  }
}

/// An answer and how it is given.
struct WebReply: Equatable, Sendable {
  /// How the bytes leave.
  enum Manner: Equatable, Sendable {
    case whole
    /// The head, then one byte of the body at a time.
    case drip(everyMilliseconds: Int)
    /// The first half, then the end of the connection.
    case half
    /// Nothing, but the end of the connection.
    case nothing
  }

  let answer: WebAnswer
  var manner = Manner.whole
  /// How long nothing happens before.
  var delayMilliseconds = 0

  init(_ answer: WebAnswer) {
    self.answer = answer
  }
}
