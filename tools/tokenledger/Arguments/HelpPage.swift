// Help pages, made from the table of subcommands.
// Every flag and every example of a page is one that the parser takes: the tests type them all.
// Pure: gives texts, prints nothing.

/// A page of help.
enum HelpPage {
  /// The page of one subcommand, or of the whole program; ends with a line feed.
  static func text(for name: SubcommandName?) -> String {
    guard let name else { return program }
    return page(of: .named(name))
  }

  /// How the subcommand is typed, in one line.
  static func usage(of subcommand: Subcommand) -> String {
    let operands = subcommand.operands.map(\.usage)
    let required = subcommand.flags.filter(\.isRequired).map(\.usage)
    let data = subcommand.usesLedger ? ["[--data DIR]", "[flags]"] : []
    let place = subcommand.usesDaemon ? ["[--socket PATH | --data DIR]", "[flags]"] : data
    let words = ["tokenledger", subcommand.name.rawValue] + operands + required + place
    return words.joined(separator: " ")
  }

  private static var program: String {
    let subcommands = Subcommand.all.map { ($0.name.rawValue, $0.summary) }
    return """
      usage: tokenledger COMMAND [--socket PATH | --data DIR] [flags]

      Works on a token ledger: through the socket of a running daemon, or on its directory.
      Without either flag: the daemon at ./ledger/tokenledger.sock if one answers there, else the
      directory ./ledger. TOKENLEDGER_SOCKET and TOKENLEDGER_DATA name others.

      commands:
      \(list(subcommands))

      flags of all commands:
      \(list(Subcommand.commonFlags.map { ($0.usage, $0.summary) }))

      exit codes: 0 done, 1 failed, 64 usage, 65 damaged data, 69 daemon not reachable,
      74 input or output, 75 try later.
      `tokenledger COMMAND --help` tells more about one command.

      """
  }

  private static func page(of subcommand: Subcommand) -> String {
    var parts = ["usage: \(usage(of: subcommand))", subcommand.summary]
    if !subcommand.discussion.isEmpty { parts.append(wrapped(subcommand.discussion)) }
    let operands = subcommand.operands.map { ($0.placeholder, $0.summary) }
    let flags = subcommand.allFlags.map {
      ($0.usage, $0.summary + ($0.isRepeatable ? "; may be given again" : ""))
    }
    let examples = subcommand.examples.flatMap {
      ["  # \($0.purpose)", "  tokenledger \($0.typed)"]
    }
    parts.append("arguments:\n" + list(operands + flags))
    parts.append("examples:\n" + examples.joined(separator: "\n"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Two columns, the second one aligned.
  private static func list(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { row in
      "  \(row.0)\(String(repeating: " ", count: width - row.0.count))  \(row.1)"
    }
    return lines.joined(separator: "\n")
  }

  /// Breaks lines at 80 columns.
  private static func wrapped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(wrappedLine)
      .joined(separator: "\n")
  }

  private static func wrappedLine(_ text: Substring) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.count + word.count + 1 > 80 {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = last.isEmpty ? String(word) : "\(last) \(word)"
      }
    }
    return lines.joined(separator: "\n")
  }
}
