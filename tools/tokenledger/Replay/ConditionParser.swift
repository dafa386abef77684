// Reads conditions; the grammar is in Condition.swift. A fault names the character where it is, and
// what would be right there.
// A cursor over words, used once. Nesting is bounded, so that no text ends the program.

/// What is wrong with a condition.
struct ConditionFault: Error, Equatable, Sendable {
  /// The character, from 1, where something else should be.
  let position: Int
  /// What would be right.
  let expected: String
}

/// Reads one condition.
struct ConditionParser {
  /// Parentheses and nots may stand inside each other so deep.
  static let maximumDepth = 100

  private enum Word: Equatable {
    case name(String)
    case quoted(String)
    case comparison(ConditionOperator)
    case open, close
  }

  private var words: [(word: Word, position: Int)] = []
  private var index = 0
  private var depth = 0
  private let end: Int

  /// Reads `text` whole.
  static func parse(_ text: String) throws(ConditionFault) -> Condition {
    var parser = try ConditionParser(text)
    let condition = try parser.condition()
    guard parser.index == parser.words.count else { throw parser.fault("and, or, or the end") }
    return condition
  }

  /// What is wrong with `text`; nil for nothing.
  static func fault(of text: String) -> ConditionFault? {
    do throws(ConditionFault) { _ = try parse(text) } catch { return error }
    return nil
  }

  private init(_ text: String) throws(ConditionFault) {
    let characters = Array(text)
    end = characters.count + 1
    var place = 0
    while place < characters.count {
      if characters[place].isWhitespace {
        place += 1
        continue
      }
      let start = place
      words.append((try Self.word(characters, &place), start + 1))
    }
  }

  private static func word(
    _ characters: [Character], _ place: inout Int
  ) throws(ConditionFault) -> Word {
    let start = place
    switch characters[place] {
    case "(", ")":
      place += 1
      return characters[start] == "(" ? .open : .close
    case "\"", "'":
      guard let close = characters[(start + 1)...].firstIndex(of: characters[start])
      else { throw ConditionFault(position: start + 1, expected: "a quote that is closed") }
      place = close + 1
      return .quoted(String(characters[start + 1..<close]))
    default: break
    }
    for comparison in ConditionOperator.allCases
    where characters[start...].starts(with: comparison.rawValue) {
      place += comparison.rawValue.count
      return .comparison(comparison)
    }
    while place < characters.count, !isEnd(characters[place]) { place += 1 }
    guard place > start
    else { throw ConditionFault(position: start + 1, expected: "a field, a value or !=") }
    return .name(String(characters[start..<place]))
  }

  private static func isEnd(_ character: Character) -> Bool {
    character.isWhitespace || "()=!<>~\"'".contains(character)
  }

  // MARK: Grammar

  private func fault(_ expected: String) -> ConditionFault {
    let position = index < words.count ? words[index].position : end
    return ConditionFault(position: position, expected: expected)
  }

  private mutating func take(_ word: String) -> Bool {
    guard index < words.count, words[index].word == .name(word) else { return false }
    index += 1
    return true
  }

  private mutating func condition() throws(ConditionFault) -> Condition {
    var parts = [try all()]
    while take("or") { parts.append(try all()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws(ConditionFault) -> Condition {
    var parts = [try one()]
    while take("and") { parts.append(try one()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func one() throws(ConditionFault) -> Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw fault("fewer parentheses inside each other") }
    if take("not") { return .not(try one()) }
    guard index < words.count else { throw fault("a field") }
    if words[index].word == .open {
      index += 1
      let inner = try condition()
      guard index < words.count, words[index].word == .close else { throw fault("and, or, or )") }
      index += 1
      return inner
    }
    return try comparison()
  }

  private mutating func comparison() throws(ConditionFault) -> Condition {
    let names = ConditionField.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .name(let name) = words[index].word, let field = ConditionField(rawValue: name)
    else { throw fault("one of \(names)") }
    index += 1
    guard index < words.count, case .comparison(let comparison) = words[index].word
    else { throw fault("one of = != ~ !~ < <= > >=") }
    guard field.isNumber || !comparison.isOfNumbers else { throw fault("one of = != ~ !~") }
    index += 1
    let value: String
    switch index < words.count ? words[index].word : .close {
    case .name(let text), .quoted(let text): value = text
    default: throw fault("a value")
    }
    let needsNumber = field.isNumber && comparison != .like && comparison != .unlike
    guard !needsNumber || Int64(value) != nil else { throw fault("a number") }
    if field == .type, comparison == .equal || comparison == .different,
      !EventSelection.types.contains(value)
    {
      throw fault("one of \(EventSelection.types.joined(separator: ", "))")
    }
    index += 1
    return .compare(field, comparison, value)
  }
}
