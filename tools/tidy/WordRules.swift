// The rules about words: names that say nothing, and remarks that leave work open.
// Names are looked for where a type is declared, remarks in comments; the inside of a string
// is neither.

extension Rule {
  /// A type with one of these at its beginning or end has no job yet.
  static let emptyWords: Set<String> = [
    "Manager", "Helper", "Util", "Utils", "Handler", "Service", "Impl", "Common",
  ]

  /// No type is named by an empty word.
  static let typeNames = Rule(name: "type-name") { file in
    zip(file.tokens, file.tokens.dropFirst()).compactMap { keyword, name in
      guard typeKeywords.contains(keyword.text), name.text.first?.isUppercase == true else {
        return nil
      }
      let words = camelWords(name.text)
      let ends = [words.first, words.last].compactMap(\.self)
      guard let empty = ends.first(where: { emptyWords.contains($0) }) else { return nil }
      return Breach(line: name.line, message: "\"\(empty)\" in \(name.text) says nothing")
    }
  }

  private static let typeKeywords: Set<String> = [
    "struct", "class", "enum", "actor", "protocol", "typealias",
  ]

  /// The words of a name in camel case; `HTTPHandler` is `HTTP` and `Handler`.
  static func camelWords(_ name: String) -> [String] {
    let letters = Array(name)
    return letters.indices.reduce(into: [String]()) { words, index in
      let followsSmall = index > 0 && !letters[index - 1].isUppercase
      let precedesSmall = index + 1 < letters.count && letters[index + 1].isLowercase
      let begins = letters[index].isUppercase && (followsSmall || precedesSmall)
      if begins || words.isEmpty { words.append("") }
      words[words.count - 1].append(letters[index])
    }
  }

  /// Marks of unfinished work stand only with the condition under which they go.
  static let openEnds = Rule(name: "open-end") { file in
    let remarks = file.remarks
    return remarks.indices.compactMap { index in
      let word = remarks[index].text
      let next = index + 1 < remarks.count ? remarks[index + 1].text : ""
      guard forbiddenMarks.contains(word) || (word == conditionalMark && next != "(") else {
        return nil
      }
      return Breach(line: remarks[index].line, message: "\(word) without a condition")
    }
  }

  private static let forbiddenMarks: Set<String> = ["FIXME", "XXX"]
  private static let conditionalMark = "TODO"
}
