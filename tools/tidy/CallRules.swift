// The calls that are not made: those that end the process without an argument for it, those that
// speak on standard output from inside a module, and those that make a test wait for a clock.
// A call is a word and a parenthesis in code; a declaration of the same name is none.

extension Rule {
  /// No forbidden call, each where it is forbidden.
  static let calls = Rule(name: "call") { file in
    file.tokens.indices.compactMap { index in
      guard let message = forbidden(at: index, in: file) else { return nil }
      return Breach(line: file.tokens[index].line, message: message)
    }
  }

  /// The folders in Sources whose job is to speak.
  private static let programs = ["Sources/tokenledgerd/", "Sources/tokenledger-refresher/"]

  private static func forbidden(at index: Int, in file: SourceText) -> String? {
    guard let next = file.tokens.dropFirst(index + 1).first else { return nil }
    let token = file.tokens[index]
    let before = index > 0 ? file.tokens[index - 1].text : ""
    guard before != "func" else { return nil }
    switch (token.text, next.text) {
    case ("try", "!") where token.touches(next), ("as", "!") where token.touches(next):
      return "\(token.text)! ends the process"
    case ("fatalError", "(") where before != ".":
      return "fatalError; a bug is a precondition, a failure a typed throw"
    case ("print", "(") where before != "." && isModule(file):
      return "print; modules return what there is to say"
    case ("sleep", "("), ("usleep", "("), ("nanosleep", "("):
      return file.top == "Tests" ? "\(token.text); a test waits for an event" : nil
    default: return nil
    }
  }

  private static func isModule(_ file: SourceText) -> Bool {
    file.top == "Sources" && !programs.contains { file.path.hasPrefix($0) }
  }
}
