// What an endpoint answers next instead of what is right: statuses, silence, cut-off answers, and
// an outage of the style of April 2018. Values; the server carries them out. Set over
// POST /control/outcome, until changed or for so many requests.

/// Something that an endpoint does instead of its work.
enum Misbehaviour: Equatable, Sendable {
  /// A body under a status.
  enum Body: String, CaseIterable, Sendable {
    case empty, html, json
  }

  /// Its work, after all.
  case none
  /// An answer that says nothing useful; the error is that of a JSON body.
  case status(Int, Body, error: String)
  /// The end of the connection instead of an answer.
  case close
  /// Half an answer, then the end of the connection.
  case half
  /// The right answer, its body a byte every 100 ms.
  case drip
  /// Two megabytes of blanks.
  case huge
  /// In turn what the real SSO gave in those two hours: 400, 500, 502, empty bodies, HTML.
  case april2018

  /// The reply; nil where the work is to be done.
  func reply(number: Int) -> WebReply? {
    switch self {
    case .none, .half, .drip: return nil
    case .status(let status, let body, let error):
      return WebReply(Self.answer(status, body, error: error))
    case .close:
      var reply = WebReply(.text(500, ""))
      reply.manner = .nothing
      return reply
    case .huge:
      return WebReply(WebAnswer(200, body: [UInt8](repeating: 0x20, count: 2 << 20)))
    case .april2018:
      let (status, body) = Self.outage[number % Self.outage.count]
      return WebReply(Self.answer(status, body, error: "server_error"))
    }
  }

  /// How the right answer leaves.
  var manner: WebReply.Manner {
    switch self {
    case .half: .half
    case .drip: .drip(everyMilliseconds: 100)
    default: .whole
    }
  }

  private static let outage: [(Int, Body)] = [
    (502, .html), (500, .empty), (400, .empty), (502, .empty), (500, .html), (400, .html),
    (200, .empty), (503, .html), (200, .html), (500, .json),
  ]

  private static func answer(_ status: Int, _ body: Body, error: String) -> WebAnswer {
    switch body {
    case .empty: WebAnswer(status)
    case .html: .page(status)
    case .json: .error(status, error, "as the script says")
    }
  }
}

/// A misbehaviour, for whom and for how long.
struct Rule: Sendable {
  var misbehaviour = Misbehaviour.none
  var delayMilliseconds = 0
  /// How many requests more it is for; nil: until it is changed.
  var remaining: Int?

  /// Reads the form of POST /control/outcome.
  ///
  /// - Throws: what is wrong with it.
  init(_ form: Form) throws(ControlError) {
    delayMilliseconds = try form.number("delay", in: 0...600_000) ?? 0
    remaining = try form.number("count", in: 1...1_000_000)
    switch form["what"] ?? "normal" {
    case "normal": misbehaviour = .none
    case "close": misbehaviour = .close
    case "half": misbehaviour = .half
    case "drip": misbehaviour = .drip
    case "huge": misbehaviour = .huge
    case "april-2018": misbehaviour = .april2018
    case "status":
      let status = try form.number("status", in: 200...599) ?? 503
      let word = form["body"] ?? (form["error"] == nil ? "empty" : "json")
      guard let body = Misbehaviour.Body(rawValue: word)
      else { throw ControlError("body is empty, html or json") }
      misbehaviour = .status(status, body, error: form["error"] ?? "invalid_request")
    default:
      throw ControlError("what is normal, status, close, half, drip, huge or april-2018")
    }
  }
}

/// What is wrong with a request to the controls.
struct ControlError: Error {
  let text: String

  init(_ text: String) { self.text = text }
}

extension Form {
  /// A number by name; nil where it is not there.
  func number(_ name: String, in range: ClosedRange<Int>) throws(ControlError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number)
    else {
      throw ControlError("\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
