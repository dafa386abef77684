// Finds the functions of a file by their keyword and braces. Not a parser: it knows just enough
// of a declaration to tell a body from the lack of one (a protocol's requirement).
// Works on the tokens of code, so braces in strings and comments do not count.

/// The lines of one function, from its keyword to its closing brace.
struct FunctionSpan: Equatable {
  let name: String
  let firstLine: Int
  let lastLine: Int

  var lineCount: Int { lastLine - firstLine + 1 }

  /// All functions, initializers, deinitializers, subscripts and computed properties.
  ///
  /// - Complexity: O(n d) for n tokens and d functions around one another.
  static func spans(in tokens: [Token]) -> [FunctionSpan] {
    tokens.indices.compactMap { index in
      guard isDeclaration(index, tokens), let open = body(after: index, tokens) else { return nil }
      let close = closing(open, tokens)
      let name = index + 1 < tokens.count ? tokens[index + 1].text : ""
      return FunctionSpan(
        name: ["func", "var"].contains(tokens[index].text) ? name : tokens[index].text,
        firstLine: tokens[index].line, lastLine: tokens[close].line)
    }
  }

  private static func isDeclaration(_ index: Int, _ tokens: [Token]) -> Bool {
    if index > 0, tokens[index - 1].text == "." { return false }
    let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
    return switch tokens[index].text {
    case "func", "var": true
    case "deinit": next == "{"
    case "init", "subscript": ["(", "<", "?", "!"].contains(next)
    default: false
    }
  }

  /// The opening brace of the declaration's body; nil if it has none.
  private static func body(after index: Int, _ tokens: [Token]) -> Int? {
    let isProperty = tokens[index].text == "var"
    var depth = 0
    for place in tokens.indices.dropFirst(index + 1) {
      switch tokens[place].text {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{": if depth == 0 { return place } else { depth += 1 }
      case "}": if depth == 0 { return nil } else { depth -= 1 }
      case "=" where isProperty && depth == 0: return nil
      case let word where depth == 0 && place > index + 1 && beginsAnother.contains(word):
        return nil
      default: break
      }
      if depth < 0 { return nil }
    }
    return nil
  }

  /// Words that stand at the beginning of a declaration or statement, and in no signature.
  private static let beginsAnother: Set<String> = [
    "func", "var", "let", "init", "deinit", "subscript", "case", "static", "struct", "enum",
    "extension", "protocol", "typealias", "associatedtype", "mutating", "nonmutating", "public",
    "package", "private", "fileprivate", "internal", "override", "final", "return", "if", "guard",
    "for", "while", "switch",
  ]

  private static func closing(_ open: Int, _ tokens: [Token]) -> Int {
    var depth = 0
    for place in tokens.indices.dropFirst(open) {
      if tokens[place].text == "{" { depth += 1 }
      if tokens[place].text == "}" { depth -= 1 }
      if depth == 0 { return place }
    }
    return tokens.count - 1
  }
}
