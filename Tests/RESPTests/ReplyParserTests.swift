import RESP
import Testing

/// One value of every kind, as the RESP3 specification writes it.
private let values: [(String, Reply)] = [
  ("+OK\r\n", .simple("OK")),
  ("+\r\n", .simple("")),
  ("-ERR no\r\n", .error("ERR no")),
  (":0\r\n", .integer(0)),
  (":-9223372036854775808\r\n", .integer(.min)),
  ("$5\r\nhe\r\no\r\n", .bulk("he\r\no")),
  ("$0\r\n\r\n", .bulk("")),
  ("$-1\r\n", .null),
  ("*-1\r\n", .null),
  ("_\r\n", .null),
  ("*0\r\n", .array([])),
  ("*2\r\n:1\r\n*1\r\n$1\r\na\r\n", .array([.integer(1), .array([.bulk("a")])])),
  ("#t\r\n", .boolean(true)),
  ("#f\r\n", .boolean(false)),
  (",3.25\r\n", .double(3.25)),
  (",10\r\n", .double(10)),
  (",-1e-3\r\n", .double(-0.001)),
  (",inf\r\n", .double(.infinity)),
  (",-inf\r\n", .double(-.infinity)),
  (
    "(3492890328409238509324850943850943825024385\r\n",
    .bigNumber(bytes("3492890328409238509324850943850943825024385"))
  ),
  ("(-7\r\n", .bigNumber(bytes("-7"))),
  ("!8\r\nERR a\r\nb\r\n", .error("ERR a\r\nb")),
  ("=8\r\ntxt:Some\r\n", .verbatim(format: bytes("txt"), text: bytes("Some"))),
  ("=4\r\nmkd:\r\n", .verbatim(format: bytes("mkd"), text: [])),
  ("%0\r\n", .map([])),
  (
    "%2\r\n+a\r\n:1\r\n+b\r\n%1\r\n:2\r\n_\r\n",
    .map([
      .init(key: .simple("a"), value: .integer(1)),
      .init(key: .simple("b"), value: .map([.init(key: .integer(2), value: .null)])),
    ])
  ),
  ("~2\r\n:1\r\n:2\r\n", .set([.integer(1), .integer(2)])),
  (">2\r\n+pubsub\r\n$1\r\nx\r\n", .push([.simple("pubsub"), .bulk("x")])),
  ("|1\r\n+ttl\r\n*2\r\n:1\r\n:2\r\n:5\r\n", .integer(5)),
  ("|0\r\n:5\r\n", .integer(5)),
  ("*2\r\n|1\r\n+ttl\r\n:9\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
  ("|1\r\n+a\r\n|1\r\n+b\r\n:1\r\n:2\r\n:3\r\n", .integer(3)),
]

struct ReplyParserTests {
  @Test(arguments: values)
  func `every kind of value is read`(text: String, value: Reply) {
    #expect(replies(in: text + text) == [.reply(value), .reply(value)])
  }

  @Test func `not a number is read as a double`() {
    guard case .reply(.double(let value)) = replies(in: ",nan\r\n").first else {
      Issue.record("no double")
      return
    }
    #expect(value.isNaN)
  }

  @Test func `two chunks give the same as one, wherever the split is`() {
    for (text, value) in values {
      let stream = bytes(text)
      for split in 0...stream.count {
        let chunks = [Array(stream[..<split]), Array(stream[split...])]
        #expect(replies(in: chunks) == [.reply(value)], "\(text.debugDescription) at \(split)")
      }
    }
  }

  @Test func `all values in one stream, byte by byte, give the same as at once`() {
    let stream = values.flatMap { bytes($0.0) }
    #expect(replies(in: stream.map { [$0] }) == values.map { .reply($0.1) })
  }

  @Test func `a truncated reply gives nothing and fails nothing`() {
    for (text, _) in values {
      let stream = bytes(text)
      for count in 0..<stream.count {
        #expect(replies(in: [Array(stream[..<count])]) == [], "\(text.debugDescription)")
      }
    }
  }

  @Test func `the bytes of complete elements need not be kept`() {
    var parser = ReplyParser()
    let received = bytes("*3\r\n:1\r\n$2\r\nab\r\n:")
    var offset = 0
    #expect(parser.next(received.span, at: &offset) == .needMore)
    #expect(offset == received.count - 1)
  }

  @Test(
    arguments: [
      ("?\r\n", .unknownReplyType(found: UInt8(ascii: "?"))),
      ("\r\n", .unknownReplyType(found: 13)),
      ("+OK\n", .missingLineEnd), ("+\n", .missingLineEnd),
      (":\r\n", .invalidValue), (":1x\r\n", .invalidValue), (":+1\r\n", .invalidValue),
      (":9223372036854775808\r\n", .invalidValue),
      ("_x\r\n", .invalidValue), ("#x\r\n", .invalidValue), ("#\r\n", .invalidValue),
      (",\r\n", .invalidValue), (",0x1p3\r\n", .invalidValue), (",infinity\r\n", .invalidValue),
      ("(\r\n", .invalidValue), ("(-\r\n", .invalidValue), ("(1.5\r\n", .invalidValue),
      ("=3\r\ntxt\r\n", .invalidValue), ("=5\r\ntextx\r\n", .invalidValue),
      ("$-2\r\n", .invalidBulkLength), ("$x\r\n", .invalidBulkLength),
      ("$?\r\n", .invalidBulkLength), ("!-1\r\n", .invalidBulkLength),
      ("$1\r\nxyz", .missingLineEnd), ("$1\rx", .missingLineEnd),
      ("*-2\r\n", .invalidElementCount), ("*x\r\n", .invalidElementCount),
      ("%-1\r\n", .invalidElementCount), ("~-1\r\n", .invalidElementCount),
      ("*999999999999999999\r\n", .tooManyElements(limit: 1 << 24)),
      ("%999999999999999999\r\n", .tooManyElements(limit: 1 << 24)),
      ("$999999999999999999\r\n", .bulkTooLarge(limitBytes: 64 << 20)),
      ("*1\r\n*2\r\n:1\r\n:x\r\n", .invalidValue),
    ] as [(String, ProtocolError)])
  func `a malformed reply fails with what is wrong, and again`(text: String, error: ProtocolError) {
    #expect(replies(in: text) == [.failure(error)])
    #expect(replies(in: bytes(text).map { [$0] }) == [.failure(error)])
    var parser = ReplyParser()
    let received = bytes(text)
    var offset = 0
    for _ in 0..<3 {
      #expect(parser.next(received.span, at: &offset) == .failure(error))
    }
  }
}

struct ReplyLimitsTests {
  private static func limits(_ change: (inout ReplyLimits) -> Void) -> ReplyLimits {
    var limits = ReplyLimits()
    change(&limits)
    return limits
  }

  @Test(arguments: ["*1\r\n", "%1\r\n+k\r\n", "~1\r\n", ">1\r\n"])
  func `the depth is limited`(header: String) {
    let limits = Self.limits { $0.maximumDepth = 5 }
    let deepest = String(repeating: header, count: 5) + ":1\r\n"
    #expect(replies(in: deepest, limits: limits).count == 1)
    #expect(replies(in: header + deepest, limits: limits) == [.failure(.tooDeep(limit: 5))])
  }

  @Test func `a million open arrays fail instead of exhausting the stack`() {
    let stream = bytes(String(repeating: "*1\r\n", count: 1_000_000))
    #expect(replies(in: [stream]) == [.failure(.tooDeep(limit: 32))])
  }

  @Test func `the number of elements is limited, a pair counting as two`() {
    let limits = Self.limits { $0.maximumElements = 4 }
    #expect(replies(in: "*4\r\n_\r\n_\r\n_\r\n_\r\n", limits: limits).count == 1)
    #expect(replies(in: "*5\r\n", limits: limits) == [.failure(.tooManyElements(limit: 4))])
    #expect(replies(in: "%2\r\n_\r\n_\r\n_\r\n_\r\n", limits: limits).count == 1)
    #expect(replies(in: "%3\r\n", limits: limits) == [.failure(.tooManyElements(limit: 4))])
  }

  @Test(arguments: ["$", "!", "="])
  func `the size of a string is limited before its bytes arrive`(type: String) {
    let limits = Self.limits { $0.maximumBulkBytes = 6 }
    #expect(replies(in: "\(type)6\r\ntxt:ab\r\n", limits: limits).count == 1)
    let failure: [ReplyEvent] = [.failure(.bulkTooLarge(limitBytes: 6))]
    #expect(replies(in: "\(type)7\r\n", limits: limits) == failure)
  }

  @Test func `the length of a line is limited, complete or not`() {
    let limits = Self.limits { $0.maximumLineBytes = 4 }
    #expect(replies(in: "+abcd\r\n", limits: limits).count == 1)
    let failure: [ReplyEvent] = [.failure(.lineTooLong(limitBytes: 4))]
    #expect(replies(in: "+abcde\r\n", limits: limits) == failure)
    #expect(replies(in: "-abcdefgh", limits: limits) == failure)
    #expect(replies(in: bytes("+abcdefgh").map { [$0] }, limits: limits) == failure)
  }

  @Test func `the size of a whole reply is limited, however it is cut into elements`() {
    let reply = "*2\r\n:1\r\n$4\r\nabcd\r\n"
    let exact = Self.limits { $0.maximumReplyBytes = reply.utf8.count }
    #expect(replies(in: reply + reply, limits: exact).count == 2)
    let less = Self.limits { $0.maximumReplyBytes = reply.utf8.count - 1 }
    let failure: [ReplyEvent] = [.failure(.replyTooLarge(limitBytes: reply.utf8.count - 1))]
    #expect(replies(in: reply, limits: less) == failure)
    #expect(replies(in: bytes(reply).map { [$0] }, limits: less) == failure)
  }

  @Test func `announced numbers reserve nothing`() {
    #expect(replies(in: "*16777216\r\n*16777216\r\n$67108864\r\n") == [])
  }
}
