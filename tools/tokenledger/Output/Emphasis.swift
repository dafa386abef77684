// How a line stands out on a terminal. Whether there is colour at all is the session's to say
// (`Session.isColoured`); without it every line is plain text, byte for byte.
// Invariant: a text is made harmless before it is coloured, so only these sequences remain.

/// How much a line asks to be noticed.
enum Emphasis: Sendable {
  /// As all others.
  case plain
  /// Less than others.
  case faint
  /// Something failed that may mend itself.
  case warning
  /// Something ended.
  case alarm

  /// The text with the sequences around it that make it stand out, if there `isColour`.
  ///
  /// - Source: ECMA-48 section 8.3.117, "Select graphic rendition".
  func applied(to text: String, isColour: Bool) -> String {
    guard isColour, let parameter else { return text }
    return "\u{1b}[\(parameter)m\(text)\u{1b}[0m"
  }

  private var parameter: Int? {
    switch self {
    case .plain: nil
    case .faint: 2
    case .warning: 33
    case .alarm: 31
    }
  }
}
