// The subcommand that writes a report, as data.
// Its span is named as everywhere; the other filters of events would make figures that do not fit
// each other, so it has none.

extension Subcommand {
  static let reporting = Subcommand(
    .report, "Writes a report on the ledger, as one page or as figures.",
    discussion: """
      Activity over time, failed refreshes, actors, scopes, tokens at risk and deletions. The page \
      needs no network and no script, and can be printed. Events are those of the span, tokens as \
      they are now.
      """,
    flags: [
      Flag(.html, .path("FILE"), "write the page there, or to the output for -"),
      Flag(.since, .moment, "count events from this moment on"),
      Flag(.until, .moment, "count events up to this moment"),
    ],
    examples: [
      Example(typed: "report --html report.html", purpose: "since the beginning"),
      Example(typed: "report --html - --since 2026-11-01T00:00:00Z", purpose: "of a month"),
      Example(typed: "report --json", purpose: "the figures alone"),
    ])
}
