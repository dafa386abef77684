// The completion scripts in their shells, and the manual page under a linter. Where a program is
// not installed its tests are skipped; the gate installs them all.

import Foundation
import TestSupport
import Testing

@testable import LedgerCommand

@Suite struct CompletionTests {
  /// What every shell offers at the end of a line.
  private static let offers: [(line: String, words: [String])] = [
    ("im", ["import"]), ("query --ex", ["--exactly", "--exists", "--expired"]),
    ("query --type corp", ["corporation"]), ("audit ref", ["refreshes-by-actor"]),
    (
      "history --type re",
      ["recovered", "refreshFailed", "refreshStarted", "refreshed", "restored", "revoked"]
    ),
    ("completion z", ["zsh"]), ("--ver", ["--version"]), ("watch --las", ["--last"]),
  ]

  @Test(.enabled(if: isInstalled("/bin/bash")), arguments: offers)
  func `bash completes what the table of subcommands has`(
    line: String, words: [String]
  ) throws {
    let typed = ["tokenledger"] + line.split(separator: " ").map(String.init)
    let script = """
      eval "$1"
      COMP_WORDS=(\(typed.joined(separator: " "))); COMP_CWORD=\(typed.count - 1)
      _tokenledger
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    #expect(try output(of: "/bin/bash", "-c", script, "bash", BashCompletion.script) == words)
  }

  @Test(.enabled(if: isInstalled("/usr/bin/fish")), arguments: offers)
  func `fish completes what the table of subcommands has`(
    line: String, words: [String]
  ) throws {
    try withTemporaryDirectory { directory throws in
      let file = directory + "/completion.fish"
      try Data(FishCompletion.script.utf8).write(to: URL(fileURLWithPath: file))
      let script = "source \(file); complete -C 'tokenledger \(line)' | string split -f 1 \\t"
      #expect(try output(of: "/usr/bin/fish", "--no-config", "-c", script) == words)
    }
  }

  /// Types a line into an interactive zsh and prints what its completion found.
  private static let zshTyping = #"""
    zmodload zsh/zpty
    zpty typing zsh -f -i
    until_shown() {
      local chunk
      while zpty -r typing chunk "*$1*"; do
        shown+=$chunk
        [[ $chunk == *$1* ]] && return
      done
    }
    zpty -w typing "PROMPT=; stty -echo; autoload -U compinit; compinit -u -D; source $1
    offer() {
      local -a hits
      compadd() {
        [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd \"\$@\"; return }
        local -a found
        builtin compadd -A found \"\$@\"
        hits+=(\$found)
        builtin compadd \"\$@\"
      }
      _main_complete
      print -r -- \"<<\$hits>>\"
      compstate[insert]=
      compstate[list]=
    }
    zle -C offer complete-word offer
    bindkey '^I' offer
    print READY-\$((1+1))"
    until_shown READY-2
    zpty -w -n typing "$2"$'\t'
    shown=
    until_shown '>>'
    print -l -r -- ${=${${shown#*<<}%>>*}}
    zpty -d typing
    """#

  @Test(.enabled(if: isInstalled("/usr/bin/zsh")), arguments: offers)
  func `zsh completes what the table of subcommands has`(line: String, words: [String]) throws {
    try withTemporaryDirectory { directory throws in
      let file = directory + "/_tokenledger"
      try Data(ZshCompletion.script.utf8).write(to: URL(fileURLWithPath: file))
      let offered = try output(
        of: "/usr/bin/zsh", "-f", "-c", Self.zshTyping, "zsh", file, "tokenledger \(line)")
      #expect(offered == words)
    }
  }

  @Test func `each script is asked for by the name of its shell`() {
    for (shell, script) in [
      ("bash", BashCompletion.script), ("zsh", ZshCompletion.script),
      ("fish", FishCompletion.script),
    ] {
      #expect(run(["completion", shell]).output == script)
    }
    #expect(run(["completion", "tcsh"]).exitCode == .usage)
  }

  // MARK: The manual page

  @Test func `the manual page has every subcommand, flag and example`() {
    let page = run(["man"]).output.replacing("\\-", with: "-")
    for subcommand in Subcommand.all {
      #expect(page.contains(".SS \"\(subcommand.name.rawValue)\""))
      for flag in subcommand.flags { #expect(page.contains(".B \"\(flag.name.typed)")) }
      #expect(page.split(separator: "\n").filter { $0 == ".EX" }.count >= Subcommand.all.count)
    }
    for line in page.split(separator: "\n") where line.hasPrefix(".") {
      let request = line.dropFirst().prefix { $0.isLetter }
      #expect(["TH", "SH", "SS", "PP", "TP", "B", "RS", "RE", "EX", "EE"].contains(request))
    }
  }

  @Test(.enabled(if: isInstalled("/usr/bin/mandoc")))
  func `a linter finds nothing wrong with the manual page`() throws {
    try withTemporaryDirectory { directory throws in
      let file = directory + "/tokenledger.1"
      try Data(ManualPage.source.utf8).write(to: URL(fileURLWithPath: file))
      let findings = try output(of: "/usr/bin/mandoc", "-Tlint", "-Wwarning", file)
      // A page that is made from the program has no date of its own.
      #expect(findings.filter { !$0.contains("missing date") } == [])
    }
  }

  /// The lines that a program writes, sorted.
  private func output(of program: String, _ arguments: String...) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map(String.init).sorted()
  }
}

/// Whether a program is there.
private func isInstalled(_ path: String) -> Bool {
  FileManager.default.isExecutableFile(atPath: path)
}
