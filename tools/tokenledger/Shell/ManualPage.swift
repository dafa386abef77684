// The manual page, made from the table of subcommands: what it says is what can be typed.
// Pure: gives a text, prints nothing.
// Source: man(7). Texts are escaped, so that no word of the table is a request of roff.

/// The page tokenledger(1).
enum ManualPage {
  /// The page's source.
  static var source: String {
    var page = Roff()
    page.request("TH", "TOKENLEDGER", "1", "", "tokenledger \(ProgramVersion.text)")
    page.section("NAME")
    page.text("tokenledger - works on a token ledger")
    page.section("SYNOPSIS")
    page.text("tokenledger COMMAND [--socket PATH | --data DIR] [flags]")
    page.section("DESCRIPTION")
    page.text(
      """
      tokenledger asks and changes a ledger of OAuth tokens: through the socket of a running \
      tokenledgerd, or on its directory. Without --socket and --data it takes the daemon at \
      ./ledger/tokenledger.sock if one answers there, else the directory ./ledger.
      """)
    page.section("COMMANDS")
    for subcommand in Subcommand.all { page.describe(subcommand) }
    page.section("FLAGS OF ALL COMMANDS")
    for flag in Subcommand.commonFlags { page.item(flag.usage, flag.summary) }
    page.section("ENVIRONMENT")
    page.item(LedgerPlace.socketVariable, "the daemon's socket, unless a flag says otherwise")
    page.item(LedgerPlace.dataVariable, "the ledger's directory, unless a flag says otherwise")
    page.item("NO_COLOR", "if set, tables are not coloured on a terminal")
    page.section("EXIT STATUS")
    for (code, meaning) in [
      ("0", "done"), ("1", "failed"), ("64", "wrong usage; nothing was done"),
      ("65", "damaged data"), ("69", "the daemon is not reachable"),
      ("74", "input or output failed"),
      ("75", "try again later"),
    ] {
      page.item(code, meaning)
    }
    page.section("FILES")
    page.item("./ledger", "the directory, unless another is named")
    page.item("./ledger/tokenledger.sock", "its daemon's socket")
    page.section("SEE ALSO")
    page.text("tokenledgerd --help, redis-cli(1)")
    return page.source
  }
}

/// A page being written.
private struct Roff {
  private(set) var source = ""

  mutating func request(_ name: String, _ arguments: String...) {
    source += ".\(name)" + arguments.map { " \"\($0.escapedForRoff)\"" }.joined() + "\n"
  }

  mutating func section(_ title: String) { request("SH", title) }

  mutating func text(_ text: String) { source += text.escapedForRoff + "\n" }

  mutating func item(_ term: String, _ text: String) {
    request("TP")
    request("B", term)
    self.text(text)
  }

  mutating func describe(_ subcommand: Subcommand) {
    request("SS", subcommand.name.rawValue)
    text(HelpPage.usage(of: subcommand))
    request("PP")
    text(subcommand.summary)
    if !subcommand.discussion.isEmpty { text(subcommand.discussion) }
    for operand in subcommand.operands { item(operand.placeholder, operand.summary) }
    for flag in subcommand.flags { item(flag.usage, flag.summary) }
    for example in subcommand.examples {
      request("PP")
      text("\(example.purpose.capitalizedFirst):")
      request("PP")
      request("RS", "4")
      request("EX")
      text("tokenledger \(example.typed)")
      request("EE")
      request("RE")
    }
  }
}

extension String {
  /// The text as roff shows it: each line begins with no request, and hyphens can be copied.
  fileprivate var escapedForRoff: String {
    let characters = replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("\"", with: "\\(dq").replacing("'", with: "\\(aq").replacing("`", with: "\\(ga")
      .replacing("…", with: "...").replacing("^", with: "\\(ha").replacing("~", with: "\\(ti")
    return characters.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(".") ? "\\&\($0)" : String($0) }.joined(separator: "\n")
  }

  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
