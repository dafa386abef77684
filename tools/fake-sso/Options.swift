// The command line: flags of the form `--name VALUE` or `--name=VALUE`, and switches.
// Invariant: what is wrong is told without repeating it. Pure.
// Exit codes are those of `Program`.

/// What the command line asks for.
enum Invocation {
  case help
  case serve(FakeSSO.Options, port: UInt16)

  static let helpText = """
    usage: fake-sso [--port N] [--rotate] [--accept-any] [--owner HASH] [--lifetime SECONDS]

    An SSO on 127.0.0.1 that asks nobody, for tests and for trying tokenledger. Its keys are
    public: trust it with nothing.

      --port N            where to listen (0: any free port, which the ready line tells)
      --rotate            a refresh token works once, and the answer has the next one
      --accept-any        unknown refresh tokens are good; rt-<character>-… says whose
      --owner HASH        the owner that every access token names
      --lifetime SECONDS  how long access tokens live, 1 to 86400 (1199)

    Controls: POST /control/outcome with a form: what=normal|status|close|half|drip|huge|april-2018,
    status, body=empty|html|json, error, delay (ms), count, token, endpoint=token|jwks|revoke|
    authorize; POST /control/rotate-keys; POST /control/reset; GET /control/counts.
    """

  /// Reads the words after the program's name.
  ///
  /// - Throws: what is wrong.
  init(_ words: [String]) throws(UsageError) {
    var options = FakeSSO.Options()
    var port: UInt16 = 0
    var rest = words[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      func value() throws(UsageError) -> String {
        guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
        else { throw UsageError("\(parts[0]) needs a value") }
        return value
      }
      switch parts.first.map(String.init) ?? "" {
      case "--help" where parts.count == 1:
        self = .help
        return
      case "--rotate" where parts.count == 1: options.rotates = true
      case "--accept-any" where parts.count == 1: options.acceptsAny = true
      case "--owner": options.owner = try value()
      case "--port":
        guard let number = UInt16(try value())
        else { throw UsageError("--port is a number from 0 to 65535") }
        port = number
      case "--lifetime":
        guard let seconds = Int64(try value()), (1...86_400).contains(seconds)
        else { throw UsageError("--lifetime is a number from 1 to 86400") }
        options.lifetimeSeconds = seconds
      default: throw UsageError("an unknown word at place \(rest.startIndex); try --help")
      }
    }
    self = .serve(options, port: port)
  }
}

/// A command line that cannot be followed.
struct UsageError: Error, Equatable {
  let text: String

  init(_ text: String) { self.text = text }
}
