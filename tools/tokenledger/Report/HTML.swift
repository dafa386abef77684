// HTML as text that cannot be anything but what it was meant to be: every text that comes from a
// ledger goes through `escaped`. The pages are also well-formed XML.
// Source: HTML Living Standard, sections 13.1.2.3 and 13.3; UAX 9 for the marks of direction.

/// Text as it stands in a page.
enum HTML {
  /// Characters of a text that are shown at most; longer ones are cut.
  static let maximumCharacters = 200

  /// A text that shows itself, in an element or in an attribute in double quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    let shown = text.unicodeScalars.prefix(maximumCharacters)
    for scalar in shown {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case _ where isHidden(scalar): result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return shown.endIndex == text.unicodeScalars.endIndex ? result : result + "…"
  }

  /// Whether a character would not be seen, or would change how others are.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    case .format: scalar != "\u{200D}"
    default: false
    }
  }

  /// An element of its own line.
  static func element(_ name: String, _ attributes: String = "", _ content: String) -> String {
    "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(content)</\(name)>\n"
  }

  /// A table with a caption, whose cells are HTML and whose first column names the row.
  static func table(
    _ caption: String, _ headings: [String], _ rows: [[String]], numbersFrom: Int = 1
  ) -> String {
    let head = headings.enumerated().map { index, heading in
      element("th", "scope=\"col\"\(index >= numbersFrom ? " class=\"number\"" : "")", heading)
    }
    let body = rows.map { row in
      let cells = row.enumerated().map { index, cell in
        if index == 0 { return element("th", "scope=\"row\"", cell) }
        return element("td", index >= numbersFrom ? "class=\"number\"" : "", cell)
      }
      return element("tr", "", cells.joined())
    }
    let table =
      element("caption", "", caption) + element("thead", "", element("tr", "", head.joined()))
      + element("tbody", "", body.joined())
    return element(
      "div", "class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(caption)\"",
      element("table", "", table))
  }

  /// A bar in a table's cell: how much of the greatest value.
  static func bar(_ value: Int, of greatest: Int, _ group: String = "other") -> String {
    let width = greatest > 0 ? max(value > 0 ? 1 : 0, value * 100 / greatest) : 0
    return """
      <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">\
      <rect class="\(group)" width="\(width)" height="10"/></svg>
      """
  }
}
