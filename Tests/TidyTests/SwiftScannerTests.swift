// What is code and what is comment: the scanner over small texts, with everything that may hide
// a brace, a quote or a word.

import Testing

@testable import tidy

/// A text and the words that are left of its code and of its comments.
struct Scan: CustomStringConvertible, Sendable {
  let text: String
  let code: String
  let comments: String

  init(_ text: String, code: String, comments: String = "") {
    self.text = text
    self.code = code
    self.comments = comments
  }

  var description: String { text }
}

@Suite struct SwiftScannerTests {
  @Test(arguments: [
    Scan("a // b\nc", code: "a c", comments: "/ / b"),
    Scan("a /* b /* c */ d */ e", code: "a e", comments: "/ * b / * c * / d * /"),
    Scan("a /* b", code: "a", comments: "/ * b"),
    Scan(#"f("x } // y") + b"#, code: #"f ( " " ) + b"#),
    Scan(#"f("x \" y", z)"#, code: #"f ( " " , z )"#),
    Scan(##"f(#"x " \(y) \"#, z)"##, code: ##"f ( " " , z )"##),
    Scan(##"f(#"x \#(y) z"#)"##, code: ##"f ( " ( y ) " )"##),
    Scan(#"f("a \(g("b")) c \((d))")"#, code: #"f ( " ( g ( " " ) ) ( ( d ) ) " )"#),
    Scan("f(\"\"\"\n  a \"b\" }\n  \\(c)\n  \"\"\")", code: #"f ( " " " ( c ) " " " )"#),
    Scan("f(\"\") + g(\"", code: #"f ( " " ) + g ( ""#),
    Scan("func `a } b`() {}", code: "func ` ` ( ) { }"),
    Scan("#if a\n#expect(b)", code: "# if a # expect ( b )"),
  ])
  func `code and comments are told apart`(scan: Scan) {
    let parts = SwiftParts(scan.text)
    #expect(words(parts.code) == scan.code)
    #expect(words(parts.comments) == scan.comments)
  }

  @Test func `every byte keeps its place`() {
    let text = "let é = \"ü\" // ö\n/* ä\n */ x\n"
    let parts = SwiftParts(text)
    #expect(parts.code.count == text.utf8.count)
    #expect(parts.comments.count == text.utf8.count)
    #expect(Token.tokens(of: parts.code).last == Token(text: "x", line: 3, offset: 30))
  }

  @Test func `a text cut anywhere is scanned to its end`() {
    let text = ##"a("b \(c /* d */) "); #"e \#(f)"#; `g`; """## + "\n\"\"\" // h"
    for count in 0...text.utf8.count {
      let cut = String(decoding: Array(text.utf8.prefix(count)), as: UTF8.self)
      #expect(SwiftParts(cut).code.count == count)
    }
  }

  private func words(_ bytes: [UInt8]) -> String {
    Token.tokens(of: bytes).map(\.text).joined(separator: " ")
  }
}
