import RESP
import Testing

struct ReplyTests {
  private static let pairs: [Reply.Pair] = [
    .init(key: .bulk("id"), value: .integer(7)), .init(key: .bulk("user"), value: .null),
  ]

  @Test func `a map reads the same from a map of RESP3 and a flat list of RESP2`() {
    let flat = Reply.array([.bulk("id"), .integer(7), .bulk("user"), .null])
    for reply in [Reply.map(Self.pairs), flat] {
      #expect(reply.pairs == Self.pairs)
      #expect(reply.value(for: "id") == .integer(7))
      #expect(reply.value(for: "user")?.isNull == true)
      #expect(reply.value(for: "none") == nil)
    }
    #expect(Reply.array([.integer(1)]).pairs == nil)
    #expect(Reply.integer(1).pairs == nil)
  }

  @Test func `text comes from every kind of string, and only if it is UTF-8`() {
    #expect(Reply.simple("a").text == "a")
    #expect(Reply.bulk("é").text == "é")
    #expect(Reply.verbatim(format: bytes("txt"), text: bytes("b")).text == "b")
    #expect(Reply.bulk([0xFF]).text == nil)
    #expect(Reply.bulk([0xFF]).bytes == [0xFF])
    #expect(Reply.error("a").text == nil)
    #expect(Reply.integer(1).text == nil)
  }

  @Test func `truth comes from booleans and from the integers that stand for them`() {
    #expect(Reply.boolean(true).boolean == true)
    #expect(Reply.integer(1).boolean == true)
    #expect(Reply.integer(0).boolean == false)
    #expect(Reply.integer(2).boolean == nil)
  }

  @Test func `elements come from every kind of list`() {
    for reply in [Reply.array([.null]), .set([.null]), .push([.null])] {
      #expect(reply.elements == [.null])
    }
    #expect(Reply.map([]).elements == nil)
  }

  @Test(arguments: [
    ("NOTFOUND no such token", "NOTFOUND", "no such token"), ("LOADING", "LOADING", ""),
    ("", "", ""), (" x", "", "x"),
  ])
  func `an error has a prefix and a message`(text: String, prefix: String, message: String) {
    #expect(Reply.error(text).errorPrefix == prefix)
    #expect(Reply.error(text).errorMessage == message)
    #expect(Reply.simple(text).errorPrefix == nil)
  }

  @Test func `no description, mirror or dump shows content`() {
    let secret = "s3cr3t-refresh-token"
    let reply = Reply.map([
      .init(key: .bulk(secret), value: .array([.bulk(secret), .error(secret)])),
      .init(key: .simple(secret), value: .verbatim(format: bytes("txt"), text: bytes(secret))),
    ])
    var dumped = ""
    dump(reply, to: &dumped)
    dump(ReplyParser.Outcome.reply(.bulk(secret)), to: &dumped)
    for text in ["\(reply)", String(reflecting: reply), dumped, "\([reply])"] {
      #expect(!text.contains("s3cr3t") && !text.contains("115, 51, 99"))
    }
  }
}
