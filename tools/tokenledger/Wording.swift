// Every message of the program about what went wrong, and the exit code that goes with it. Errors
// are data everywhere else; no other file words them. No message holds a value of a record, an
// argument that might be a secret, or what a file or a socket sent.

/// An error in words.
struct Wording: Equatable, Sendable {
  /// What happened, and what helps.
  let text: String
  /// The program's exit code.
  let exitCode: ExitCode

  private init(_ exitCode: ExitCode, _ text: String) {
    self.text = text
    self.exitCode = exitCode
  }

  /// The words for an error.
  init(_ error: any Error) {
    switch error {
    case let error as UsageError: self.init(.usage, error.wording)
    case let error as EndpointError: self.init(error.exitCode, error.wording)
    case let error as OutputError:
      self.init(.failedIO, "\(error.name.harmless) cannot be written: \(error.reason)")
    case let error as InputError:
      let problem = error.isMissing ? "there is no such file" : "the file cannot be read"
      self.init(.failedIO, "\(error.path.harmless): \(problem)")
    case let error as UnreadableDump:
      self.init(.failed, "\(error.path.harmless): \(error.error.wording)")
    default: self.init(.failed, "an unexpected error of the type \(type(of: error))")
    }
  }

  /// The last line about a file that was refused.
  static func nothingImported(_ count: Int) -> String {
    """
    tokenledger: nothing was imported because of \(count) bad record\(count == 1 ? "" : "s"); \
    mend the file, or leave them out with --skip-invalid

    """
  }
}

extension DumpError {
  fileprivate var wording: String {
    let hint = "; it should be what `manage.py dumpdata esi` writes"
    switch self {
    case .notJSON(let offset): return "not JSON\(offset.map { " at byte \($0)" } ?? "")\(hint)"
    case .notAList: return "JSON, but not a list of records\(hint)"
    }
  }
}

extension BadRecord {
  /// The record and all that is wrong with it, in one line.
  var wording: String {
    let name = [model.map { $0.harmless } ?? "record", key.map { "pk \($0)" }].compactMap { $0 }
    let faults = faults.map { fault in
      fault.field.map { "\($0): \(fault.fault.wording)" } ?? fault.fault.wording
    }
    return "\(name.joined(separator: " ")) (index \(index)): \(faults.joined(separator: "; "))"
  }
}

extension FieldFault.Fault {
  /// What would be right.
  var wording: String {
    switch self {
    case .notARecord: "should be as in a fixture: an object with model, pk and fields"
    case .missing: "is missing"
    case .notInteger: "should be an integer within 64 bits"
    case .notID: "should be an integer from 1 to 9223372036854775807"
    case .notAmong(let range): "should be from \(range.lowerBound) to \(range.upperBound)"
    case .notText: "should be a text"
    case .notTextOrNull: "should be a text or null"
    case .notUser: "should be an integer, a text or null; dump without --natural-foreign"
    case .empty: "should not be empty"
    case .longer(let bytes): "should be at most \(bytes) bytes of UTF-8"
    case .holdsNullCharacter: "should not hold the character U+0000"
    case .notTime: "should be a time with its offset, such as 2026-11-23T12:00:00.123456Z"
    case .notTokenType: "should be \"character\" or \"corporation\""
    case .notScopeKeys:
      "should be a list of primary keys of esi.scope; dump without --natural-foreign"
    case .unknownScope(let key): "no esi.scope of the file has the pk \(key)"
    case .badScope(let key): "the esi.scope with the pk \(key) is itself a bad record"
    case .moreScopes(let count): "should be at most \(count) scopes"
    case .sameAs(let index): "is the same as that of the record at index \(index)"
    case .differs(let fields): "already in the ledger with other \(fields.joined(separator: ", "))"
    case .deleted: "deleted in the ledger; an import does not bring it back"
    case .refused(let prefix, let message):
      "refused by the ledger: \(prefix.harmless) \(message.harmless)"
    }
  }
}
