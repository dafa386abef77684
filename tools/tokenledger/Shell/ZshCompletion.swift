// The completion script of zsh, made from the table of subcommands, with its summaries. Words only:
// nothing is asked of a ledger while somebody types.
// The tests run the script in zsh where there is one.

/// Completion for zsh.
enum ZshCompletion {
  /// The script, to be sourced or put into a folder of `fpath` as `_tokenledger`.
  static var script: String {
    """
    #compdef tokenledger
    # Completion of tokenledger for zsh, made by `tokenledger completion zsh`.
    _tokenledger() {
      local context state state_descr line
      local -a commands
      commands=(
    \(commands)
      )
      _arguments -C \\
    \(specifications(of: Subcommand.commonFlags))
        '1:command:->command' '*::argument:->argument' && return
      case $state in
        command) _describe command commands;;
        argument)
          case $line[1] in
    \(branches)
          esac;;
      esac
    }
    if [[ $funcstack[1] == _tokenledger ]]; then
      _tokenledger "$@"
    else
      compdef _tokenledger tokenledger
    fi

    """
  }

  private static var commands: String {
    Subcommand.all.map { "    \("\($0.name.rawValue):\($0.summary)".quotedForShell)" }
      .joined(separator: "\n")
  }

  private static var branches: String {
    Subcommand.all.map { subcommand in
      let operands = subcommand.operands.enumerated().map { index, operand in
        let summary = operand.summary.escapedInSpecification
        return "    \("\(index + 1):\(summary):\(action(of: operand.kind))".quotedForShell) \\\n"
      }
      return "        \(subcommand.name.rawValue)) _arguments \\\n"
        + specifications(of: subcommand.allFlags) + "\n" + operands.joined() + "    ;;"
    }
    .joined(separator: "\n")
  }

  /// The flags as `_arguments` takes them, a line each, which goes on.
  private static func specifications(of flags: [Flag]) -> String {
    flags.map { flag in
      var words = flag.isRepeatable ? "*" : ""
      words += "\(flag.name.typed)[\(flag.summary.escapedInSpecification)]"
      if let value = flag.value {
        words += ":\(value.placeholder.escapedInSpecification):\(action(of: value))"
      }
      return "    \(words.quotedForShell) \\"
    }
    .joined(separator: "\n")
  }

  private static func action(of kind: ValueKind) -> String {
    switch kind {
    case .path: "_files"
    case .choice(let words): "(\(words.joined(separator: " ")))"
    default: " "
    }
  }
}

extension String {
  /// The text as one word of a shell.
  fileprivate var quotedForShell: String { "'" + replacing("'", with: "'\\''") + "'" }

  /// The text where `_arguments` looks for brackets and colons.
  fileprivate var escapedInSpecification: String {
    ["\\", "[", "]", ":"].reduce(self) { $0.replacing($1, with: "\\" + $1) }
  }
}
