import RESP
import Testing

struct ReplyWriterTests {
  /// What a writer of this dialect makes of some calls, as text.
  private static func written(
    _ version: ProtocolVersion, _ write: (inout ReplyWriter) -> Void
  ) -> String {
    var writer = ReplyWriter(version: version)
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private typealias Row = (two: String, three: String, write: (inout ReplyWriter) -> Void)

  @Test func `each kind of value has its form in both dialects`() {
    let rows: [Row] = [
      ("+OK\r\n", "+OK\r\n", { $0.writeSimple("OK") }),
      ("-ERR a  b\r\n", "-ERR a  b\r\n", { $0.writeError("ERR a\r\nb") }),
      (":-12\r\n", ":-12\r\n", { $0.writeInteger(-12) }),
      ("$2\r\nhi\r\n", "$2\r\nhi\r\n", { $0.writeBulk("hi" as String) }),
      ("$2\r\nhi\r\n", "$2\r\nhi\r\n", { $0.writeBulk("hi" as StaticString) }),
      ("$2\r\nhi\r\n", "$2\r\nhi\r\n", { $0.writeBulk(bytes("hi")) }),
      ("$2\r\nhi\r\n", "$2\r\nhi\r\n", { $0.writeBulk(bytes("hi").span) }),
      ("$0\r\n\r\n", "$0\r\n\r\n", { $0.writeBulk("" as String) }),
      ("$-1\r\n", "_\r\n", { $0.writeNull() }),
      ("*-1\r\n", "_\r\n", { $0.writeNullArray() }),
      ("*10\r\n", "*10\r\n", { $0.writeArrayHeader(count: 10) }),
      ("*4\r\n", "%2\r\n", { $0.writeMapHeader(pairCount: 2) }),
      ("*2\r\n", "~2\r\n", { $0.writeSetHeader(count: 2) }),
      ("*2\r\n", ">2\r\n", { $0.writePushHeader(count: 2) }),
      (":1\r\n", "#t\r\n", { $0.writeBoolean(true) }),
      (":0\r\n", "#f\r\n", { $0.writeBoolean(false) }),
      ("$3\r\n0.5\r\n", ",0.5\r\n", { $0.writeDouble(0.5) }),
      ("$4\r\n-inf\r\n", ",-inf\r\n", { $0.writeDouble(-.infinity) }),
      ("$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n", { $0.writeVerbatim("a\nb") }),
      (":1\r\n+a\r\n", ":1\r\n+a\r\n", { $0.writeRendered(bytes(":1\r\n+a\r\n").span) }),
    ]
    for row in rows {
      #expect(Self.written(.two, row.write) == row.two)
      #expect(Self.written(.three, row.write) == row.three)
    }
  }

  @Test(arguments: [ProtocolVersion.two, .three])
  func `what is written reads back`(version: ProtocolVersion) {
    var writer = ReplyWriter(version: version)
    writer.writeMapHeader(pairCount: 3)
    writer.writeBulk("id" as StaticString)
    writer.writeInteger(.max)
    writer.writeBulk("scopes" as StaticString)
    writer.writeArrayHeader(count: 2)
    writer.writeBulk("a.b" as String)
    writer.writeNull()
    writer.writeBulk("info" as StaticString)
    writer.writeVerbatim("x: y")
    let events = replies(in: writer.bytes.map { [$0] })
    guard case .reply(let reply) = events.first, events.count == 1 else {
      Issue.record("not one reply: \(events)")
      return
    }
    #expect(reply.value(for: "id")?.integer == .max)
    #expect(reply.value(for: "scopes")?.elements == [.bulk("a.b"), .null])
    #expect(reply.value(for: "info")?.text == "x: y")
  }

  @Test(arguments: [
    0, 0.1, -1.5e-300, 1e300, .leastNonzeroMagnitude, .pi, .greatestFiniteMagnitude, -.infinity,
  ])
  func `a double reads back to the same`(value: Double) {
    var writer = ReplyWriter(version: .three)
    writer.writeDouble(value)
    #expect(replies(in: [writer.bytes]) == [.reply(.double(value))])
  }

  @Test func `a reply begun can be taken back, and a sent part be forgotten`() {
    var writer = ReplyWriter()
    writer.writeSimple("OK")
    let mark = writer.count
    writer.writeArrayHeader(count: 3)
    writer.truncate(to: mark)
    writer.writeInteger(1)
    #expect(writer.bytes == bytes("+OK\r\n:1\r\n"))
    writer.removeFirst(5)
    #expect(writer.bytes == bytes(":1\r\n"))
    writer.removeAll()
    #expect(writer.count == 0)
  }

  @Test func `requests that are written read back, and every form of an argument`() {
    var writer = RequestWriter()
    writer.write(["SET", "", "a\r\nb"])
    writer.write([bytes("PING")])
    writer.begin(argumentCount: 3)
    writer.append("TOKEN.GET")
    writer.append(-42)
    writer.append(bytes("é").span)
    #expect(
      requests(in: [writer.bytes]) == [
        .request(["SET", "", "a\r\nb"]), .request(["PING"]),
        .request(["TOKEN.GET", "-42", "\u{C3}\u{A9}"]),
      ])
    writer.removeFirst(writer.bytes.count)
    #expect(writer.bytes.isEmpty)
  }

  @Test func `a request that lacks arguments cannot be followed by another`() async {
    await #expect(processExitsWith: .failure) {
      var writer = RequestWriter()
      writer.begin(argumentCount: 2)
      writer.write(["PING"])
    }
  }
}
