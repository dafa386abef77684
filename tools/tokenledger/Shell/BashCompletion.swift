// The completion script of bash, made from the table of subcommands. Words only: nothing is asked
// of a ledger while somebody types.
// The tests run the script in bash where there is one.

/// Completion for bash.
enum BashCompletion {
  /// The script, to be sourced or put where bash-completion looks for it.
  static var script: String {
    """
    # Completion of tokenledger for bash, made by `tokenledger completion bash`.
    _tokenledger() {
      local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= i
      for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
          \(Subcommand.all.map(\.name.rawValue).joined(separator: "|")))
            command=${COMP_WORDS[i]}; break;;
        esac
      done
      case $previous in
        \(pathFlags.joined(separator: "|")))
          COMPREPLY=($(compgen -f -- "$word")); return;;
      esac
      case "$command $previous" in
    \(choices)
      esac
      case $command in
    \(branches)
      esac
    }
    complete -o filenames -F _tokenledger tokenledger

    """
  }

  private static var flags: [Flag] { Subcommand.all.flatMap(\.allFlags) }

  private static var pathFlags: [String] {
    let names = flags.filter { if case .path = $0.value { true } else { false } }
    return Set(names.map(\.name.typed)).sorted()
  }

  /// A flag may take other words in one command than in another.
  private static var choices: String {
    let lines = Subcommand.all.flatMap { subcommand in
      subcommand.flags.compactMap { flag -> String? in
        guard case .choice(let words) = flag.value else { return nil }
        let typed = "\(subcommand.name.rawValue) \(flag.name.typed)"
        return "    \"\(typed)\")\n      \(words: words); return;;"
      }
    }
    return lines.joined(separator: "\n")
  }

  private static var branches: String {
    let names = Subcommand.all.map(\.name.rawValue) + Subcommand.commonFlags.map(\.name.typed)
    let first = "    \"\")\n      \(words: names);;"
    let others = Subcommand.all.map { subcommand in
      let operands = subcommand.operands.flatMap { operand -> [String] in
        if case .choice(let words) = operand.kind { words } else { [] }
      }
      let words = operands + subcommand.allFlags.map(\.name.typed)
      return "    \(subcommand.name.rawValue))\n      \(words: words);;"
    }
    return ([first] + others).joined(separator: "\n")
  }
}

extension DefaultStringInterpolation {
  /// The line that offers these words.
  fileprivate mutating func appendInterpolation(words: [String]) {
    appendLiteral("COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$word\"))")
  }
}
