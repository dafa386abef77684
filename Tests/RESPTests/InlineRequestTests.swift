import RESP
import Testing

struct InlineRequestTests {
  @Test(
    arguments: [
      ("PING", ["PING"]),
      ("  GET \t k\u{0B}v\u{0C}", ["GET", "k", "v"]),
      (#"SET k "a b""#, ["SET", "k", "a b"]),
      (#"SET k 'a b'"#, ["SET", "k", "a b"]),
      (#"x """#, ["x", ""]),
      (#"x ''"#, ["x", ""]),
      (#"x "\n\r\t\b\a""#, ["x", "\n\r\t\u{08}\u{07}"]),
      (#"x "\\\"""#, ["x", #"\""#]),
      (#"x "\q\'""#, ["x", "q'"]),
      (#"x "\x41\xfF\x00""#, ["x", "A\u{FF}\u{00}"]),
      (#"x "\xZ1" "\x4""#, ["x", "xZ1", "x4"]),
      (#"x '\n\x41\\ '"#, ["x", #"\n\x41\\ "#]),
      (#"x 'it\'s'"#, ["x", "it's"]),
      (#"x "it's" 'say "hi"'"#, ["x", "it's", #"say "hi""#]),
      (#"foo"bar baz""#, ["foobar baz"]),
      (#"foo'bar baz'"#, ["foobar baz"]),
      (#"a\nb \"#, [#"a\nb"#, #"\"#]),
      ("$5 +OK :1", ["$5", "+OK", ":1"]),
      ("x \u{00}y", ["x", "\u{00}y"]),
    ] as [(String, [String])])
  func `a line is split as redis-cli would split it`(line: String, arguments: [String]) {
    #expect(requests(in: line + "\r\n") == [.request(arguments)])
    #expect(requests(in: line + "\n") == [.request(arguments)])
    #expect(requests(in: bytes(line + "\r\n").map { [$0] }) == [.request(arguments)])
  }

  @Test(arguments: [
    #"x ""#, #"x '"#, #"x "abc"#, #"x 'abc"#, #"x "a"b"#, #"x 'a'b"#, #"x "a"'b'"#, #"x "a\""#,
    #"x 'a\'"#, #"x 'a\\'"#, #"x "a\"#, #"""#,
  ])
  func `a quote that is not closed, or closed inside of a word, fails`(line: String) {
    #expect(requests(in: line + "\r\n") == [.failure(.unbalancedQuotes)])
    #expect(requests(in: line + "\n") == [.failure(.unbalancedQuotes)])
  }

  @Test func `a failed line fails again in the same way`() {
    var parser = RequestParser()
    let received = bytes("a b \"c\r\n")
    var offset = 0
    for _ in 0..<3 {
      #expect(parser.next(received.span, at: &offset) == .failure(.unbalancedQuotes))
    }
  }

  @Test func `inline requests and arrays may follow each other`() {
    let stream = bytes("SET k 'v w'\r\n") + wire("GET", "k") + bytes("PING\r\n") + wire("QUIT")
    #expect(
      requests(in: [stream]) == [
        .request(["SET", "k", "v w"]), .request(["GET", "k"]), .request(["PING"]),
        .request(["QUIT"]),
      ])
  }
}
