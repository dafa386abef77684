// Brings the tokens of a file into a ledger. First every token is held against the ledger; then, if
// nothing speaks against it, those that are missing are created. Run again, it finds them there and
// changes nothing, also after a run that was cut off.
//
//      file ─► Dump ─► compare (TOKEN.GET, TOKEN.HISTORY, TOKEN.SECRETS) ─► create (TOKEN.CREATE)
//                └── bad records ──────┴── conflicts ── without --skip-invalid: the end

import RESP

/// What came of an import.
struct ImportReport: Equatable, Sendable {
  var created = 0
  var unchanged = 0
  /// Records that were not imported, and why.
  var refused: [BadRecord] = []
  /// Whether nothing was imported because of bad records.
  var isRefusedAsAWhole = false
  /// Whether the ledger itself refused a token that had passed all checks.
  var hasLateRefusals = false
  /// What stopped the import in the middle.
  var interruption: EndpointError?
}

/// One import into one ledger.
struct Import {
  private let endpoint: any LedgerEndpoint
  private let isSkipping: Bool
  private let progress: Progress
  private var report = ImportReport()

  /// An import that leaves bad records out, or refuses the whole file for one.
  init(into endpoint: any LedgerEndpoint, skippingInvalid: Bool, progress: Progress) {
    self.endpoint = endpoint
    isSkipping = skippingInvalid
    self.progress = progress
  }

  /// Carries out the import.
  ///
  /// - Throws: when the ledger cannot be read; nothing has been created then.
  mutating func run(_ dump: Dump) throws(EndpointError) -> ImportReport {
    report.refused = dump.bad
    let missing = try checkAbsence(of: compare(dump.tokens))
    report.refused.sort { $0.index < $1.index }
    guard isSkipping || report.refused.isEmpty else {
      report.isRefusedAsAWhole = true
      return report
    }
    create(missing)
    return report
  }

  /// Sorts out the tokens that the ledger has, and gives the others.
  private mutating func compare(_ tokens: [DumpedToken]) throws(EndpointError) -> [DumpedToken] {
    var missing: [DumpedToken] = []
    var uncertain: [DumpedToken] = []
    for batch in endpoint.batches(tokens, { LedgerRequest("TOKEN.GET", id: $0.id) }) {
      for (token, reply) in try batch.replies() {
        let reply = try reply.checked()
        if reply.isNull {
          missing.append(token)
        } else if try isSame(token, reply) {
          token.hasNoRefreshSecret ? uncertain.append(token) : (report.unchanged += 1)
        }
      }
      progress.show("compared", batch.end, of: tokens.count)
    }
    try tellNoneFromEmpty(uncertain)
    return missing
  }

  private mutating func isSame(
    _ token: DumpedToken, _ reply: Reply
  ) throws(EndpointError) -> Bool {
    guard let record = TokenRecord(reply) else { throw .unexpectedReply(command: "TOKEN.GET") }
    let differences = token.differences(from: record)
    if !differences.isEmpty { refuse(token, .differs(differences)) }
    return differences.isEmpty
  }

  /// Looks into the secrets where the fingerprints do not tell none from empty.
  ///
  /// Only an admin may; for others the two count as the same here.
  private mutating func tellNoneFromEmpty(_ tokens: [DumpedToken]) throws(EndpointError) {
    for batch in endpoint.batches(tokens, { LedgerRequest("TOKEN.SECRETS", id: $0.id) }) {
      for (token, reply) in try batch.replies() {
        if let secrets = TokenSecrets(reply), !token.hasRefreshToken(of: secrets) {
          refuse(token, .differs(["refresh_token"]))
        } else {
          report.unchanged += 1
        }
      }
    }
  }

  /// Names the tokens that were in the ledger once, and gives the others.
  private mutating func checkAbsence(
    of tokens: [DumpedToken]
  ) throws(EndpointError) -> [DumpedToken] {
    var absent: [DumpedToken] = []
    for batch in endpoint.batches(tokens, { LedgerRequest("TOKEN.HISTORY", id: $0.id, count: 1) }) {
      for (token, reply) in try batch.replies() {
        if reply.errorPrefix == "NOTFOUND" {
          absent.append(token)
        } else {
          _ = try reply.checked()
          refuse(token, .deleted)
        }
      }
    }
    return absent
  }

  /// Creates the tokens; what stops it in the middle goes into the report.
  private mutating func create(_ tokens: [DumpedToken]) {
    do throws(EndpointError) {
      for batch in endpoint.batches(tokens, \.creation) {
        for (token, reply) in try batch.replies() { note(token, reply) }
        progress.show("created", batch.end, of: tokens.count)
        guard report.interruption == nil else { return }
      }
    } catch {
      report.interruption = error
    }
  }

  private mutating func note(_ token: DumpedToken, _ reply: Reply) {
    guard let prefix = reply.errorPrefix else { return report.created += 1 }
    let message = reply.errorMessage ?? ""
    switch prefix {
    case "CONFLICT", "LIMIT", "ERR":
      refuse(token, .refused(prefix: prefix, message: message))
      report.hasLateRefusals = true
    default:
      report.interruption = report.interruption ?? .refused(prefix: prefix, message: message)
    }
  }

  private mutating func refuse(_ token: DumpedToken, _ fault: FieldFault.Fault) {
    report.refused.append(
      BadRecord(
        index: token.row.index, model: "esi.token", key: token.id,
        faults: [FieldFault(field: nil, fault: fault)]))
  }
}

extension LedgerRequest {
  /// A request about one token.
  init(_ command: StaticString, id: Int64, count: Int64? = nil) {
    self.init(command)
    add(value: id)
    if let count { add("COUNT", count) }
  }
}
