// The subcommand that shows events as they happen, as data.
// Its filters are those of `history`, so that a line can be turned from one into the other; its
// place in the order is in Subcommand+Table.swift.

extension Subcommand {
  static let watching = Subcommand(
    .watch, "Shows the events as they happen.",
    discussion: """
      Waits for the daemon's next events, and for the daemon itself while it is restarted: nothing \
      is left out or shown twice. All flags must hold; values of one flag given again are \
      alternatives.
      """,
    flags: EventSelection.flags.filter { $0.name != .until } + [
      Flag(.last, .count(minimum: 1), "first show the last N that happened before"),
      Flag(.count, .count(minimum: 1), "end after so many events"),
    ] + EventWriter.flags,
    exclusive: EventWriter.exclusive,
    examples: [
      Example(typed: "watch", purpose: "everything, from now on"),
      Example(typed: "watch --type deleted --type refreshFailed --last 10", purpose: "what goes"),
      Example(typed: "watch --user 7 --json", purpose: "what happens to a user's tokens"),
    ])
}
