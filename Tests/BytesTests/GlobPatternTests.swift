// Patterns of CONFIG GET as a table, and the pattern that makes naive matchers run for ever.

import Testing

import Bytes

@Suite struct GlobPatternTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("a", "", false), ("*", "", true), ("*", "abc", true),
    ("**", "abc", true), ("a*", "abc", true), ("a*", "bac", false), ("*c", "abc", true),
    ("*b", "abc", false), ("a*c", "ac", true), ("a*c", "abbc", true), ("a*c", "abb", false),
    ("?", "a", true), ("?", "", false), ("?", "ab", false), ("a?c", "abc", true),
    ("[abc]", "b", true), ("[abc]", "d", false), ("[a-c]", "b", true), ("[a-c]", "d", false),
    ("[^a-c]", "d", true), ("[^a-c]", "b", false), ("[a-]", "-", true), ("[-a]", "-", true),
    ("[]", "]", false), ("[]", "", false), ("[", "[", true), ("[a", "[a", true), ("x[", "x[", true),
    ("\\*", "*", true), ("\\*", "a", false), ("\\", "\\", true), ("\\?", "?", true),
    ("*a*b*c*", "xxaxxbxxcxx", true), ("*a*b*c*", "xxaxxcxxbxx", false),
    ("max-*s", "max-connections", true),
    ("a[b-d]*[^z]", "acq", true), ("a[b-d]*[^z]", "acz", false), ("*ab", "aab", true),
    ("*aab*", "aaaab", true),
  ])
  func `a pattern matches as in Redis`(pattern: String, name: String, isMatch: Bool) {
    #expect(GlobPattern(Array(pattern.utf8)).matches(Array(name.utf8)) == isMatch)
  }

  @Test func `many stars do not take for ever`() {
    let pattern = Array(String(repeating: "*a", count: 200).utf8) + [UInt8(ascii: "b")]
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: 2000)
    #expect(!GlobPattern(pattern).matches(name))
  }
}
