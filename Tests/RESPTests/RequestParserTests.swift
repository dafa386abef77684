import RESP
import Testing

/// Streams of requests, right and wrong, that the split tests go through.
private let corpus: [String] = [
  "*1\r\n$4\r\nPING\r\n",
  "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n*2\r\n$4\r\nECHO\r\n$2\r\n\r\n\r\n",
  "*2\r\n$4\r\nECHO\r\n$20\r\n01234567890123456789\r\n",
  "*2\r\n$4\r\nECHO\r\n$101\r\n" + String(repeating: "x", count: 101) + "\r\nPING\r\n",
  "*0\r\n*-1\r\n\r\n  \r\nPING\n*1\r\n$4\r\nQUIT\r\n",
  "GET 'a b' \"\\x41\\n\"\r\nPING\r\n",
  "*11\r\n" + String(repeating: "$1\r\na\r\n", count: 11) + "*1\r\n$1\r\nb\r\n",
  "*17\r\n" + String(repeating: "$2\r\nab\r\n", count: 17),
  "PING\r\n*1\r\n+4\r\n",
  "*1\r\n$4\r\nPING\r\n*x\r\n",
  "*1\r\n$4\r\nPINGxx\r\n",
  "*1\r\n$-1\r\n",
  "*1\r\n$1\rx\r\n",
  "*1\r\n$:\r\n0123456789\r\n",
  "a \"b\r\n",
]

struct RequestParserTests {
  @Test func `an array of bulk strings is a request with these arguments`() {
    #expect(
      requests(in: "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\r\n\r\n")
        == [.request(["SET", "k", "\r\n"])])
  }

  @Test func `pipelined requests come out one by one`() {
    #expect(
      requests(in: "*1\r\n$4\r\nPING\r\nPING x\r\n*2\r\n$4\r\nECHO\r\n$0\r\n\r\n")
        == [.request(["PING"]), .request(["PING", "x"]), .request(["ECHO", ""])])
  }

  @Test func `empty lines and requests without arguments are passed over`() {
    #expect(requests(in: "*0\r\n\r\n \t \n*-1\r\n*-7\r\nPING\r\n") == [.request(["PING"])])
  }

  @Test func `passed over bytes need not be kept`() {
    var parser = RequestParser()
    var offset = 0
    let received = bytes("\r\n*0\r\n\r\n*1\r")
    #expect(parser.next(received.span, at: &offset) == .needMore)
    #expect(offset == 8)
  }

  @Test(arguments: corpus)
  func `two chunks give the same as one, wherever the split is`(stream: String) {
    let whole = requests(in: stream)
    let stream = bytes(stream)
    for split in 0...stream.count {
      let chunks = [Array(stream[..<split]), Array(stream[split...])]
      #expect(requests(in: chunks) == whole, "split at \(split)")
    }
  }

  @Test(arguments: corpus)
  func `byte by byte gives the same as at once`(stream: String) {
    #expect(requests(in: bytes(stream).map { [$0] }) == requests(in: stream))
  }

  @Test(arguments: corpus)
  func `a truncated stream gives a beginning of what the whole one gives`(stream: String) {
    let whole = requests(in: stream)
    let stream = bytes(stream)
    for count in 0..<stream.count {
      let part = requests(in: [Array(stream[..<count])])
      #expect(whole.starts(with: part), "cut at \(count)")
    }
  }

  @Test func `the bytes of an incomplete request may move to another offset`() {
    var parser = RequestParser()
    let request = wire("ECHO", "hello", String(repeating: "y", count: 200))
    for count in 0..<request.count {
      let received = Array(repeating: UInt8(ascii: "?"), count: count % 7) + request[..<count]
      var offset = count % 7
      #expect(parser.next(received.span, at: &offset) == .needMore)
      #expect(offset == count % 7)
    }
    var offset = 3
    let received = bytes("???") + request
    #expect(parser.next(received.span, at: &offset) == .request)
    #expect(offset == received.count)
    #expect(arguments(of: parser, in: received.span)[1] == "hello")
  }

  @Test func `a failure stays, and the offset with it`() {
    var parser = RequestParser()
    let received = bytes("PING\r\n*1\r\n$x\r\n")
    var offset = 0
    #expect(parser.next(received.span, at: &offset) == .request)
    for _ in 0..<3 {
      #expect(parser.next(received.span, at: &offset) == .failure(.invalidBulkLength))
      #expect(offset == 6)
    }
  }

  @Test func `after a reset the parser reads another stream from its start`() {
    var parser = RequestParser()
    var offset = 0
    let incomplete = bytes("*3\r\n$3\r\nSET\r\n$100\r\n")
    #expect(parser.next(incomplete.span, at: &offset) == .needMore)
    parser.reset()
    offset = 0
    let received = wire("PING")
    #expect(parser.next(received.span, at: &offset) == .request)
    #expect(arguments(of: parser, in: received.span) == ["PING"])
  }

  @Test(
    arguments: [
      ("*x\r\n", .invalidArgumentCount), ("*\r\n", .invalidArgumentCount),
      ("*01\r\n", .invalidArgumentCount), ("*-0\r\n", .invalidArgumentCount),
      ("*+1\r\n", .invalidArgumentCount), ("* 1\r\n", .invalidArgumentCount),
      ("*1234567890123456789\r\n", .invalidArgumentCount), ("*1\n", .invalidArgumentCount),
      ("*1\rx", .missingLineEnd),
      ("*1\r\nPING\r\n", .expectedBulk(found: UInt8(ascii: "P"))),
      ("*1\r\n\r\n", .expectedBulk(found: 13)),
      ("*1\r\n$x\r\n", .invalidBulkLength), ("*1\r\n$\r\n", .invalidBulkLength),
      ("*1\r\n$-1\r\n", .invalidBulkLength), ("*1\r\n$00\r\n", .invalidBulkLength),
      ("*1\r\n$0x1\r\n", .invalidBulkLength), ("*1\r\n$1 \r\nx\r\n", .invalidBulkLength),
      ("*1\r\n$:\r\n0123456789\r\n", .invalidBulkLength),
      ("*1\r\n$9223372036854775808\r\n", .invalidBulkLength),
      ("*1\r\n$1\rxx", .missingLineEnd), ("*1\r\n$1\r\nxyz", .missingLineEnd),
      ("*1\r\n$1\r\nx\n\n", .missingLineEnd), ("*1\r\n$4\r\nPING\rx", .missingLineEnd),
    ] as [(String, ProtocolError)])
  func `a malformed array fails with what is wrong`(stream: String, error: ProtocolError) {
    #expect(requests(in: stream) == [.failure(error)])
    #expect(requests(in: bytes(stream).map { [$0] }) == [.failure(error)])
  }

  @Test func `flipping any bit of a request fails, needs more or gives arguments in bounds`() {
    let request = wire("TOKEN.GET", "42", "x")
    for bit in 0..<(request.count * 8) {
      var damaged = request
      damaged[bit / 8] ^= 1 << (bit % 8)
      for event in requests(in: [damaged]) {
        guard case .request(let arguments) = event else { continue }
        #expect(arguments.reduce(0) { $0 + $1.unicodeScalars.count } <= request.count)
      }
    }
  }
}
