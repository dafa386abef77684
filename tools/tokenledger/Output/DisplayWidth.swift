// How many columns of a terminal a text takes, and how a text is made harmless for one. Names come
// from players: they may hold wide characters, marks without width, and control characters that
// would move the cursor.

extension String {
  /// The columns that a terminal gives the text.
  ///
  /// - Source: Unicode Standard Annex #11, "East Asian Width"; #51, "Emoji Presentation".
  var displayWidth: Int {
    isPrintableASCII ? utf8.count : reduce(0) { $0 + $1.displayWidth }
  }

  /// The text cut to what a cell of a table can hold.
  var shortened: String { utf8.count <= 48 || count <= 48 ? self : prefix(48) + "…" }

  /// The text with every character that would steer the terminal spelt out: `\u{1b}`.
  ///
  /// Controls, line and paragraph separators, and the marks that turn the direction of writing.
  var harmless: String {
    guard !isPrintableASCII else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.steersTerminal {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension String {
  /// Whether every character is one byte and one column: most cells, and the tables are long.
  fileprivate var isPrintableASCII: Bool { utf8.allSatisfy { (0x20..<0x7f).contains($0) } }
}

extension Character {
  fileprivate var displayWidth: Int {
    let scalars = unicodeScalars
    guard let base = scalars.first(where: { !$0.hasNoWidth }) else { return 0 }
    let isEmoji = base.properties.isEmojiPresentation || scalars.contains { $0.value == 0xfe0f }
    return isEmoji || base.isWide ? 2 : 1
  }
}

extension Unicode.Scalar {
  fileprivate var hasNoWidth: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: true
    default: false
    }
  }

  fileprivate var steersTerminal: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value)
    }
  }

  /// Whether the East Asian width is wide or fullwidth: the blocks, not each gap in them.
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
      0xa000...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x17000...0x18aff, 0x1b000...0x1b2ff, 0x20000...0x3fffd:
      true
    default: false
    }
  }
}
