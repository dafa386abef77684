// Messages about lines that cannot be run.
// They repeat the name of a command or a flag that is none, up to its equals sign, and no value.
// All of them end with exit code 64.

extension UsageError {
  /// What is wrong with the line, what was probably meant, and where to read more.
  var wording: String {
    switch self {
    case .noSubcommand: "which command? See `tokenledger --help`"
    case .unknownSubcommand(let word, let near):
      "there is no command \"\(word.harmless)\"\(hint(near)); see `tokenledger --help`"
    case .unknownFlag(let word, let near, let subcommand):
      "there is no flag \(word.harmless)\(hint(near)); see `\(help(subcommand))`"
    case .missingValue(let flag, let placeholder):
      "\(flag.typed) needs a value: \(flag.typed) \(placeholder), or \(flag.typed)=\(placeholder)"
    case .needlessValue(let flag): "\(flag.typed) takes no value"
    case .wrongValue(let flag, let fault): "\(flag.typed): \(fault.wording)"
    case .repeated(let flag): "\(flag.typed) may be given once"
    case .excluded(let flag, let other): "\(flag.typed) and \(other.typed) exclude each other"
    case .missingFlag(let flag, let placeholder, let subcommand):
      "\(flag.typed) \(placeholder) is missing; see `\(help(subcommand))`"
    case .missingOperand(let placeholder, let subcommand):
      "\(placeholder) is missing; see `\(help(subcommand))`"
    case .wrongOperand(let placeholder, let fault): "\(placeholder): \(fault.wording)"
    case .foreignFlag(let flag, let question):
      "\(flag.typed) does not go with \(question); see `\(help(.audit))`"
    case .excludedOperand(let placeholder, let flag):
      "\(placeholder) and \(flag.typed) exclude each other"
    case .needlessOperand(let subcommand): "too many words; see `\(help(subcommand))`"
    case .noChoice(let flag, let other, let subcommand):
      "either \(flag.typed) or \(other.typed); see `\(help(subcommand))`"
    case .restoreNeedsOneChoice:
      "which tokens? One of ID, --held and --since TIME; see `\(help(.restore))`"
    case .exportNeedsAFile: "an export goes into a file; write ./- for one with the name -"
    }
  }

  private func hint(_ near: String?) -> String { near.map { " (\($0), perhaps?)" } ?? "" }

  private func help(_ subcommand: SubcommandName?) -> String {
    ["tokenledger", subcommand?.rawValue, "--help"].compactMap { $0 }.joined(separator: " ")
  }
}

extension ValueFault {
  /// What would be right.
  fileprivate var wording: String {
    switch self {
    case .emptyPath: "should be a path"
    case .notInteger: "should be an integer within 64 bits"
    case .notID: "should be a token's id, an integer from 1 on"
    case .notIDs: "should be ids with commas between them, such as 1,2,3"
    case .notTime:
      "should be a time such as 2026-11-23T12:00:00Z, or seconds since 1970"
    case .notCondition(let fault):
      "should be a condition; at character \(fault.position): \(fault.expected)"
    case .notMoment:
      "should be a time such as 2026-11-23T12:00:00Z, an event id, or #sequence"
    case .below(let minimum): "should be an integer from \(minimum) on"
    case .notOneOf(let words): "should be \(words.joined(separator: " or "))"
    case .notField(let near):
      "should be names of token fields with commas between them"
        + (near.map { " (\($0), perhaps?)" } ?? ": \(TokenField.names)")
    }
  }
}

extension TokenField {
  fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
