import RESP
import Testing

struct ProtocolErrorTests {
  @Test(
    arguments: [
      (.invalidArgumentCount, "invalid multibulk length"),
      (.tooManyArguments(limit: 9), "invalid multibulk length: more than 9 arguments"),
      (.expectedBulk(found: UInt8(ascii: "x")), "expected '$', got 'x'"),
      (.expectedBulk(found: 0x07), "expected '$', got an unprintable byte"),
      (.expectedBulk(found: 0xC3), "expected '$', got an unprintable byte"),
      (.requestTooLarge(limitBytes: 9), "request larger than 9 bytes"),
      (.inlineTooLarge(limitBytes: 9), "too big inline request: more than 9 bytes"),
      (.unbalancedQuotes, "unbalanced quotes in request"),
      (.invalidBulkLength, "invalid bulk length"),
      (.bulkTooLarge(limitBytes: 9), "invalid bulk length: more than 9 bytes"),
      (.missingLineEnd, "expected CR LF"),
      (.unknownReplyType(found: UInt8(ascii: "?")), "unknown reply type '?'"),
      (.invalidElementCount, "invalid number of elements"),
      (.tooManyElements(limit: 9), "more than 9 elements"),
      (.tooDeep(limit: 9), "reply nested deeper than 9 levels"),
      (.lineTooLong(limitBytes: 9), "line longer than 9 bytes"),
      (.replyTooLarge(limitBytes: 9), "reply larger than 9 bytes"),
      (.invalidValue, "malformed value"),
    ] as [(ProtocolError, String)])
  func `the wording is that of Redis where Redis has one`(error: ProtocolError, words: String) {
    #expect(error.description == "Protocol error: " + words)
  }

  @Test func `no error holds what the peer sent`() {
    let secret = "s3cr3t-refresh-token"
    for stream in ["x \"\(secret)\r\n", "*1\r\n$1\r\n\(secret)\r\n", "*\(secret)\r\n"] {
      for case .failure(let error) in requests(in: stream) {
        #expect(!"\(error)".contains("s3cr3t"))
      }
    }
  }
}
