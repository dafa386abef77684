// All that the program says: log lines, errors about its settings, and why it did not start.
//
// Invariant: no value of a setting and no secret is in a text; a login or revocation is named only
// by a number, because another name might be one that opens something. Owner: nobody, values.

import LedgerClient
import SSO

// MARK: - The log

extension LogEntry {
  static let stopping = LogEntry(.info, "stopping; jobs in hand are finished first")
  static let stopped = LogEntry(.info, "stopped")

  static func takingFailed(_ error: ClientError) -> LogEntry {
    LogEntry(.warning, "no jobs could be taken", [("error", error.description)])
  }

  static func tellingFailed(_ error: ClientError) -> LogEntry {
    LogEntry(
      .warning, "an outcome could not be told; trying again", [("error", error.description)])
  }

  static func told(_ job: FinishedJob, token: Int64?) -> LogEntry {
    let made = token.map { [("token", String($0))] } ?? []
    return LogEntry(.info, job.outcome.failure == nil ? "done" : "failed", job.fields + made)
  }

  static func late(_ job: FinishedJob, _ error: ClientError) -> LogEntry {
    LogEntry(
      .info, "the outcome was told before, or came too late",
      job.fields + [("error", error.description)])
  }

  static func refused(_ job: FinishedJob, _ error: ClientError) -> LogEntry {
    LogEntry(
      .error, "the ledger does not take the outcome", job.fields + [("error", error.description)])
  }

  static func givenUp(_ job: FinishedJob, _ error: ClientError) -> LogEntry {
    LogEntry(
      .error, "the outcome is lost: the ledger is away, and the program ends",
      job.fields + [("error", error.description)])
  }
}

extension FinishedJob {
  fileprivate var fields: [(String, String)] {
    let failure = outcome.failure.map {
      [("class", $0.failureClass.rawValue), ("code", $0.code)]
    }
    return outcome.fields + (failure ?? []) + [("ms", String(milliseconds))]
  }
}

extension JobOutcome {
  fileprivate var fields: [(String, String)] {
    switch self {
    case .refresh(let job, let outcome):
      let names = [
        ("job", "refresh"), ("token", String(job.tokenID)), ("fence", String(job.fence)),
      ]
      guard case .done(_, let refresh, let owner) = outcome else { return names }
      let rotation = refresh.rotated == nil ? [] : [("rotated", "true")]
      return names + rotation + (owner == nil ? [("unverified", "true")] : [])
    case .login(let job, _): return [("job", "login")] + Self.number("login", job.id)
    case .revocation(let job, _):
      return [("job", "revocation")] + Self.number("revocation", job.id)
    }
  }

  private static func number(_ name: String, _ id: String) -> [(String, String)] {
    Int64(id).map { [(name, String($0))] } ?? []
  }
}

// MARK: - The settings

extension SettingsError {
  /// The failure in one line.
  var text: String {
    switch self {
    case .unknownFlag(let flag): "unknown flag \(flag); see --help"
    case .strayWord(let position): "argument \(position) belongs to no flag; see --help"
    case .missingValue(let name): "--\(name) needs a value; see --help"
    case .missing(let name): "--\(name) must be given; see --help"
    case .invalid(let name, let expected): "--\(name) must be \(expected)"
    case .secretFile(let error): "--client-secret-file: \(error)"
    case .invalidSecret(let place): "\(place) must hold the client's secret, \(ClientSecret.form)"
    }
  }
}

extension Invocation {
  static let helpText: String = {
    let rows =
      Setting.allCases.map { ("--\($0.rawValue) \($0.placeholder)", $0.help) } + [
        ("--version", "the version"), ("--help", "this"),
      ]
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { row in
      "  \(row.0)\(String(repeating: " ", count: width - row.0.count))  \(row.1)"
    }
    return """
      tokenledger-refresher — refreshes the tokens of a running ledger at the SSO

      usage: tokenledger-refresher --socket PATH --client-id ID [--client-secret-file PATH] …

      \(lines.joined(separator: "\n"))

      The client's secret is read from that file, or from \(ClientSecret.variable).
      Without one the client is public.
      """
  }()
}

extension Setting {
  /// What it does, for --help; in brackets what holds without it.
  var help: String {
    switch self {
    case .socket: "the ledger's socket"
    case .tokenURL: "the SSO's token endpoint (\(Settings().tokenURL))"
    case .keysURL: "the SSO's signing keys (\(Settings().keysURL))"
    case .revokeURL: "the SSO's revocation endpoint (\(Settings().revokeURL))"
    case .clientID: "the client's id at the SSO"
    case .clientSecretFile: "a file with the client's secret"
    case .audience: "the audience of access tokens (\(Settings().audience))"
    case .userAgent: "what requests say of the program (\(Settings().userAgent))"
    case .clockSkew: "by how much the SSO's clock may differ, 0 to 300 (0)"
    case .concurrency: "jobs at a time, 1 to 256 (8)"
    case .giveUp: "how long the ledger may be away before it ends, 0: for ever (0)"
    case .logFormat: "logfmt or json (logfmt)"
    }
  }
}

// MARK: - The start

extension StartError {
  /// The failure in one line, with what to do.
  var text: String {
    switch self {
    case .settings(let error): error.text
    case .system(let error): "\(error)"
    case .neverAdmitted(.server(let error)) where error.prefix == "DENIED":
      "\(error); the daemon's --grant gives this user the role refresher"
    case .neverAdmitted(.server(let error)):
      "\(error); is the daemon on that socket of the same version?"
    case .neverAdmitted(let error): "\(error); is tokenledgerd running on that socket?"
    case .ledgerGone(let error): "the ledger has been away for too long: \(error)"
    }
  }
}
