// Inline requests: a line of words, for people with `nc` and for health checks.
//
// Words are split at white space. `"…"` knows \n \r \t \b \a \\ \" \xHH (a backslash before
// anything else vanishes), `'…'` knows \' only; a quote may begin inside of a word, and what
// follows a closing quote must be white space or the end. Words are unquoted into the parser's
// scratch area. Source: `sdssplitargs` of Redis; schema/protocol.md.

extension RequestParser {
  /// Reads a line on from `position`, which remembers how far the search for its end has come.
  mutating func readInline(_ buffer: Span<UInt8>) throws(ProtocolError) -> Bool {
    let scanEnd = min(buffer.count, requestStart + limits.maximumInlineBytes + 1)
    var cursor = requestStart + position
    while cursor < scanEnd, buffer[cursor] != ASCII.lineFeed { cursor &+= 1 }
    guard cursor &- requestStart <= limits.maximumInlineBytes else {
      throw .inlineTooLarge(limitBytes: limits.maximumInlineBytes)
    }
    position = cursor &- requestStart
    guard cursor < scanEnd else { return false }
    try splitLine(buffer.extracting(requestStart..<cursor))
    position += 1
    return true
  }

  /// Splits a line, without its LF, into arguments.
  private mutating func splitLine(_ line: Span<UInt8>) throws(ProtocolError) {
    arguments.removeAll()
    inlineBytes.removeAll(keepingCapacity: true)
    var cursor = 0
    while try appendWord(line, at: &cursor) {}
  }

  /// Appends the next word of the line as an argument; says whether there was one.
  private mutating func appendWord(
    _ line: Span<UInt8>, at cursor: inout Int
  ) throws(ProtocolError) -> Bool {
    while cursor < line.count, ASCII.isSpace(line[cursor]) { cursor += 1 }
    guard cursor < line.count else { return false }
    guard arguments.count < limits.maximumArguments else {
      throw .tooManyArguments(limit: limits.maximumArguments)
    }
    let start = inlineBytes.count
    while cursor < line.count, !ASCII.isSpace(line[cursor]) {
      switch line[cursor] {
      case ASCII.doubleQuote: try appendDoubleQuoted(line, at: &cursor)
      case ASCII.singleQuote: try appendSingleQuoted(line, at: &cursor)
      default:
        inlineBytes.append(line[cursor])
        cursor += 1
      }
    }
    arguments.append(ArgumentRange(start: start, count: inlineBytes.count - start))
    return true
  }

  /// Appends what stands between double quotes; `cursor` moves behind the closing one.
  private mutating func appendDoubleQuoted(
    _ line: Span<UInt8>, at cursor: inout Int
  ) throws(ProtocolError) {
    cursor += 1
    while cursor < line.count {
      switch line[cursor] {
      case ASCII.doubleQuote: return try closeQuote(line, at: &cursor)
      case ASCII.backslash where cursor + 1 < line.count: appendEscape(line, at: &cursor)
      case let byte:
        inlineBytes.append(byte)
        cursor += 1
      }
    }
    throw .unbalancedQuotes
  }

  /// Appends what stands between single quotes; `cursor` moves behind the closing one.
  private mutating func appendSingleQuoted(
    _ line: Span<UInt8>, at cursor: inout Int
  ) throws(ProtocolError) {
    cursor += 1
    while cursor < line.count {
      if line[cursor] == ASCII.singleQuote { return try closeQuote(line, at: &cursor) }
      let isEscaped =
        line[cursor] == ASCII.backslash && cursor + 1 < line.count
        && line[cursor + 1] == ASCII.singleQuote
      if isEscaped { cursor += 1 }
      inlineBytes.append(line[cursor])
      cursor += 1
    }
    throw .unbalancedQuotes
  }

  /// Steps over a closing quote, which white space or the end of the line has to follow.
  private func closeQuote(_ line: Span<UInt8>, at cursor: inout Int) throws(ProtocolError) {
    cursor += 1
    guard cursor == line.count || ASCII.isSpace(line[cursor]) else { throw .unbalancedQuotes }
  }

  /// Appends the byte that a backslash and what follows it stand for.
  private mutating func appendEscape(_ line: Span<UInt8>, at cursor: inout Int) {
    let escaped = line[cursor + 1]
    if escaped == UInt8(ascii: "x"), cursor + 3 < line.count,
      let high = ASCII.hexDigit(line[cursor + 2]), let low = ASCII.hexDigit(line[cursor + 3])
    {
      inlineBytes.append(high << 4 | low)
      cursor += 4
      return
    }
    inlineBytes.append(Self.unescaped(escaped))
    cursor += 2
  }

  /// The byte that a letter after a backslash stands for; most stand for themselves.
  private static func unescaped(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "n"): ASCII.lineFeed
    case UInt8(ascii: "r"): ASCII.carriageReturn
    case UInt8(ascii: "t"): ASCII.tab
    case UInt8(ascii: "b"): ASCII.backspace
    case UInt8(ascii: "a"): ASCII.bell
    default: letter
    }
  }
}
