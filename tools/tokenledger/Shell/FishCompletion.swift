// The completion script of fish, made from the table of subcommands, with its summaries. Words
// only: nothing is asked of a ledger while somebody types.
// The tests run the script in fish where there is one.

/// Completion for fish.
enum FishCompletion {
  /// The script, to be sourced or put where fish looks for it.
  static var script: String {
    let head = [
      "# Completion of tokenledger for fish, made by `tokenledger completion fish`.",
      "complete -c tokenledger -f",
    ]
    let names = Subcommand.all.map { subcommand in
      "complete -c tokenledger -n __fish_use_subcommand -a \(subcommand.name.rawValue)"
        + " -d \(subcommand.summary.quotedForFish)"
    }
    let common = Subcommand.commonFlags.map { "complete -c tokenledger \(words(of: $0))" }
    let own = Subcommand.all.flatMap { subcommand in
      let condition =
        "complete -c tokenledger -n '__fish_seen_subcommand_from \(subcommand.name.rawValue)'"
      let flags = subcommand.flags.map { "\(condition) \(words(of: $0))" }
      let operands = subcommand.operands.compactMap { operand -> String? in
        guard case .choice(let words) = operand.kind else { return nil }
        return "\(condition) -a \(words.joined(separator: " ").quotedForFish)"
      }
      return flags + operands
    }
    return (head + names + common + own).joined(separator: "\n") + "\n"
  }

  /// A flag, what stands behind it, and its summary.
  private static func words(of flag: Flag) -> String {
    let name = "-l \(flag.name.rawValue) -d \(flag.summary.quotedForFish)"
    switch flag.value {
    case nil: return name
    case .path: return "\(name) -r -F"
    case .choice(let words): return "\(name) -x -a \(words.joined(separator: " ").quotedForFish)"
    default: return "\(name) -x"
    }
  }
}

extension String {
  /// The text as one word of fish.
  fileprivate var quotedForFish: String {
    "'" + replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
