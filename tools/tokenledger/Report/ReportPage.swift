// The report as one page: no script, nothing fetched, well-formed XML, readable without its plots.
// Pure: figures in, text out.
// Every list that can grow is cut at a named number, and says how much it leaves out.

import TokenLedger

/// What a report says of itself.
struct ReportHead {
  let ledger: String
  let digest: String
  /// The span that was asked for and found, in words.
  let span: String
  let made: UnixTime
  /// Ids of tokens that the guard holds back.
  let heldBack: [Int64]
}

/// The page of a report.
struct ReportPage {
  /// Rows of a table, at most.
  static let maximumRows = 25
  /// Ids in one line, at most.
  static let maximumIDs = 40

  private let head: ReportHead
  private let figures: ReportFigures

  init(_ head: ReportHead, _ figures: ReportFigures) {
    self.head = head
    self.figures = figures
  }

  private static let sections: [(id: String, title: String)] = [
    ("activity", "Activity"), ("failures", "Refresh failures"), ("actors", "Actors"),
    ("scopes", "Scopes"), ("risk", "Tokens at risk"), ("deletions", "Deletions"),
  ]

  /// The whole page.
  var html: String {
    let links = Self.sections.map {
      HTML.element("li", "", "<a href=\"#\($0.id)\">\($0.title)</a>")
    }
    let bodies = [activity, failures, actors, scopes, risk, deletions]
    let sections = zip(Self.sections, bodies).map { section, body in
      HTML.element(
        "section", "id=\"\(section.id)\" aria-labelledby=\"\(section.id)-heading\"",
        HTML.element("h2", "id=\"\(section.id)-heading\"", section.title) + body)
    }
    return """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      <head>
      <meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="referrer" content="no-referrer"/>
      <title>Token ledger report, \(head.made.shown)</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the figures</a>
      <header>
      <h1>Token ledger report</h1>
      <p>\(HTML.escaped(head.span))</p>
      \(summary)<nav aria-label="Sections"><ul>
      \(links.joined())</ul></nav>
      </header>
      <main id="content">
      \(sections.joined())</main>
      <footer><p>Made \(head.made.shown) by tokenledger \(ProgramVersion.text). Times are UTC. \
      Secrets are not in this page.</p></footer>
      </body>
      </html>

      """
  }

  private var summary: String {
    let facts: [(String, String, Bool)] = [
      ("events", "\(figures.eventCount)", true), ("tokens", "\(figures.tokenCount)", true),
      ("deletions", "\(figures.types["deleted"] ?? 0)", true),
      ("failed refreshes", "\(figures.types["refreshFailed"] ?? 0)", true),
      ("ledger", HTML.escaped(head.ledger), false), ("state digest", head.digest, false),
    ]
    let pairs = facts.map { name, value, isBig in
      "<div>" + HTML.element("dt", "", name)
        + HTML.element("dd", isBig ? "class=\"big\"" : "", value) + "</div>\n"
    }
    return HTML.element("dl", "", pairs.joined())
  }

  // MARK: Sections

  private var activity: String {
    let legend = ActivityGroup.allCases.map { group in
      HTML.element(
        "li", "",
        "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"\(group.rawValue)\""
          + " width=\"10\" height=\"10\"/></svg>\(group.title)")
    }
    let busy = figures.activity.enumerated().filter { !$0.element.isEmpty }
    let rows = busy.suffix(Self.maximumRows).map { index, counts in
      [figures.bins.label(of: index)]
        + ActivityGroup.allCases.map { String(counts[$0] ?? 0) }
    }
    let kinds = figures.types.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let greatest = kinds.first?.value ?? 0
    return HTML.element(
      "div", "class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Plot of activity\"",
      ActivityPlot(figures).svg)
      + HTML.element("ul", "class=\"legend\"", legend.joined())
      + HTML.element(
        "details", "",
        HTML.element("summary", "", "The numbers of the plot")
          + HTML.table(
            "Events for every \(figures.bins.unit)\(left(busy.count, "earlier "))",
            ["from"] + ActivityGroup.allCases.map(\.title), rows))
      + HTML.table(
        "Events by kind", ["kind", "", "events"],
        kinds.map { [HTML.escaped($0.key), HTML.bar($0.value, of: greatest), String($0.value)] },
        numbersFrom: 2)
  }

  private var failures: String {
    let sorted = figures.failures.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    guard let greatest = sorted.first?.value.count else { return none("No refresh failed.") }
    let rows = sorted.prefix(Self.maximumRows).map { name, failure in
      [
        HTML.escaped(name), HTML.bar(failure.count, of: greatest, "failed"),
        String(failure.count), failure.first, failure.last,
      ]
    }
    return HTML.table(
      "Failed refreshes by class and code\(left(sorted.count))",
      ["class and code", "", "events", "first", "last"], rows, numbersFrom: 2)
  }

  private var actors: String {
    let sorted = figures.actors.map { (name: $0.key, counts: $0.value) }
      .sorted { ($1.counts.total, $0.name) < ($0.counts.total, $1.name) }
    guard let greatest = sorted.first?.counts.total else { return none("Nobody did anything.") }
    let rows = sorted.prefix(Self.maximumRows).map { name, counts in
      [HTML.escaped(name), HTML.bar(counts.total, of: greatest), String(counts.total)]
        + ActivityGroup.allCases.map { String(counts[$0] ?? 0) }
    }
    return HTML.table(
      "Events by who caused them, as the kernel attests\(left(sorted.count))",
      ["actor", "", "events"] + ActivityGroup.allCases.map(\.title), rows, numbersFrom: 2)
  }

  private var scopes: String {
    let sorted = figures.scopes.sorted { ($1.value.tokens, $0.key) < ($0.value.tokens, $1.key) }
    guard let greatest = sorted.first?.value.tokens else { return none("No token has a scope.") }
    let rows = sorted.prefix(Self.maximumRows).map { name, use in
      [
        HTML.escaped(name), HTML.bar(use.tokens, of: greatest, "refreshed"), String(use.tokens),
        String(use.refreshable), String(use.expired),
      ]
    }
    return HTML.table(
      "Tokens by scope\(left(sorted.count))",
      ["scope", "", "tokens", "can be refreshed", "expired"], rows, numbersFrom: 2)
  }

  private var risk: String {
    let kinds: [(String, [Int64])] = [
      ("expired, and cannot be refreshed", figures.expiredUnrefreshable),
      ("held back by the guard against mass deletion", head.heldBack),
      ("failed \(ReportFigures.failuresInARow) times or more in a row", figures.failingAgain),
      ("without a user", figures.withoutUser),
    ]
    return HTML.table(
      "Tokens that may need somebody", ["what", "tokens", "ids"],
      kinds.map { [$0.0, String($0.1.count), ids($0.1)] }, numbersFrom: 3)
  }

  private var deletions: String {
    let sorted = figures.deletions.map { (key: $0.key, value: $0.value) }.sorted { left, right in
      (right.value.count, left.key.reason, left.key.actor)
        < (left.value.count, right.key.reason, right.key.actor)
    }
    guard let greatest = sorted.first?.value.count else { return none("No token was deleted.") }
    let rows = sorted.prefix(Self.maximumRows).map { deletion, counts in
      [
        deletion.reason.isEmpty ? "no reason given" : HTML.escaped(deletion.reason),
        HTML.bar(counts.count, of: greatest, "deleted"), HTML.escaped(deletion.actor),
        String(counts.count), String(counts.restored),
      ]
    }
    return HTML.table(
      "Deletions by reason and actor\(left(sorted.count))",
      ["reason", "", "actor", "deleted", "restored since"], rows, numbersFrom: 3)
  }

  // MARK: Words

  private func none(_ text: String) -> String { HTML.element("p", "", text) }

  /// How many rows a table leaves out.
  private func left(_ count: Int, _ which: String = "") -> String {
    count > Self.maximumRows ? "; \(which)\(count - Self.maximumRows) more are left out" : ""
  }

  private func ids(_ ids: [Int64]) -> String {
    let shown = ids.prefix(Self.maximumIDs).map(String.init).joined(separator: " ")
    return ids.count > Self.maximumIDs ? "\(shown) and \(ids.count - Self.maximumIDs) more" : shown
  }
}

extension ReportFigures.Counts {
  /// All events.
  fileprivate var total: Int { values.reduce(0, +) }
}
