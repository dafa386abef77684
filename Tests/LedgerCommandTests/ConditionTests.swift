// Conditions as a table: what is read as what, and where the others go wrong.

import Testing

@testable import LedgerCommand

@Suite struct ConditionTests {
  @Test(arguments: [
    ("type=deleted", Condition.compare(.type, .equal, "deleted")),
    (" seq >= 7 ", .compare(.seq, .greaterOrEqual, "7")),
    ("user='a b'", .compare(.user, .equal, "a b")),
    ("reason ~ \"out*\"", .compare(.reason, .like, "out*")),
    ("reason!~x", .compare(.reason, .unlike, "x")),
    ("not code=a", .not(.compare(.code, .equal, "a"))),
    (
      "token=1 or token=2 and user!=u",
      .any([
        .compare(.token, .equal, "1"),
        .all([.compare(.token, .equal, "2"), .compare(.user, .different, "u")]),
      ])
    ),
    (
      "(token=1 or token<2) and not not class=definite",
      .all([
        .any([.compare(.token, .equal, "1"), .compare(.token, .less, "2")]),
        .not(.not(.compare(.class, .equal, "definite"))),
      ])
    ),
  ])
  func `a condition is read as it is meant`(text: String, expected: Condition) throws {
    #expect(try ConditionParser.parse(text) == expected)
  }

  @Test(
    arguments: [
      ("", 1, "a field"), ("type", 5, "one of = != ~ !~ < <= > >="), ("type=", 6, "a value"),
      (
        "colour=red", 1,
        "one of type, seq, token, character, user, scope, actor, reason, class, code"
      ),
      ("type=born", 6, nil), ("seq=x", 5, "a number"), ("user<3", 5, "one of = != ~ !~"),
      ("(seq=1", 7, "and, or, or )"), ("seq=1)", 6, "and, or, or the end"),
      ("seq=1 token=2", 7, "and, or, or the end"), ("seq=1 and", 10, "a field"),
      ("user='a", 6, "a quote that is closed"), ("not", 4, "a field"), ("()", 2, nil),
      ("seq ! 1", 5, "a field, a value or !="),
    ] as [(String, Int, String?)])
  func `a wrong condition says where and what would be right`(
    text: String, position: Int, expected: String?
  ) throws {
    let fault = try #require(ConditionParser.fault(of: text))
    #expect(fault.position == position)
    if let expected { #expect(fault.expected == expected) }
  }

  @Test func `nesting is bounded`() throws {
    let depth = ConditionParser.maximumDepth
    func nested(_ count: Int) -> String {
      String(repeating: "(", count: count) + "seq=1" + String(repeating: ")", count: count)
    }
    #expect(ConditionParser.fault(of: nested(depth - 1)) == nil)
    #expect(ConditionParser.fault(of: nested(depth)) != nil)
    #expect(ConditionParser.fault(of: String(repeating: "not ", count: 100_000)) != nil)
  }
}
