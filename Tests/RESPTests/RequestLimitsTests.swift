import RESP
import Testing

struct RequestLimitsTests {
  private static func limits(_ change: (inout RequestLimits) -> Void) -> RequestLimits {
    var limits = RequestLimits()
    change(&limits)
    return limits
  }

  @Test func `the defaults are those of the documentation`() {
    let limits = RequestLimits()
    #expect(limits.maximumArguments == 65_536)
    #expect(limits.maximumBulkBytes == 1_048_576)
    #expect(limits.maximumRequestBytes == 16_777_216)
    #expect(limits.maximumInlineBytes == 65_536)
  }

  @Test(arguments: [0, 1, 5, 12])
  func `the number of arguments is limited, of arrays and of lines`(limit: Int) {
    let limits = Self.limits { $0.maximumArguments = limit }
    let most = Array(repeating: "a", count: limit)
    let line = most.joined(separator: " ")
    let array = "*\(limit)\r\n" + String(repeating: "$1\r\na\r\n", count: limit)
    let expected: [RequestEvent] = limit == 0 ? [] : [.request(most)]
    #expect(requests(in: array, limits: limits) == expected)
    #expect(requests(in: line + "\r\n", limits: limits) == expected)
    let failure: [RequestEvent] = [.failure(.tooManyArguments(limit: limit))]
    #expect(requests(in: "*\(limit + 1)\r\n", limits: limits) == failure)
    #expect(requests(in: line + " a\r\n", limits: limits) == failure)
  }

  @Test(arguments: [0, 5, 50, 500])
  func `the size of an argument is limited`(limit: Int) {
    let limits = Self.limits { $0.maximumBulkBytes = limit }
    let most = String(repeating: "b", count: limit)
    #expect(requests(in: [wire(most)], limits: limits) == [.request([most])])
    let failure: [RequestEvent] = [.failure(.bulkTooLarge(limitBytes: limit))]
    #expect(requests(in: [wire(most + "b")], limits: limits) == failure)
    #expect(requests(in: "*1\r\n$\(limit + 1)\r\n", limits: limits) == failure)
  }

  @Test(arguments: [1, 40, 2_000])
  func `the size of a request is limited before its bytes arrive`(count: Int) {
    let request = wire("SET", String(repeating: "c", count: count))
    let exact = Self.limits { $0.maximumRequestBytes = request.count }
    #expect(requests(in: [request], limits: exact).count == 1)
    let less = Self.limits { $0.maximumRequestBytes = request.count - 1 }
    let failure = RequestEvent.failure(.requestTooLarge(limitBytes: request.count - 1))
    #expect(requests(in: [request], limits: less) == [failure])
    #expect(requests(in: [Array(request.dropLast(count + 2))], limits: less) == [failure])
  }

  @Test(arguments: [0, 1, 30])
  func `the length of a line is limited, complete or not`(limit: Int) {
    let limits = Self.limits { $0.maximumInlineBytes = limit }
    let most = String(repeating: "d", count: limit)
    #expect(
      requests(in: most + "\n", limits: limits) == (limit == 0 ? [] : [.request([most])]))
    let failure: [RequestEvent] = [.failure(.inlineTooLarge(limitBytes: limit))]
    #expect(requests(in: most + "d\n", limits: limits) == failure)
    #expect(requests(in: most + "d", limits: limits) == failure)
    #expect(requests(in: bytes(most + "dd").map { [$0] }, limits: limits) == failure)
  }

  @Test func `announced numbers reserve nothing`() throws {
    var parser = RequestParser()
    var received = bytes("*65536\r\n$1048576\r\n")
    var offset = 0
    #expect(parser.next(received.span, at: &offset) == .needMore)
    #expect(parser.reservedArguments <= 16)
    received = bytes("*65536\r\n$1\r\na\r\n$1\r\nb\r\n$1048576\r\n")
    parser.reset()
    offset = 0
    #expect(parser.next(received.span, at: &offset) == .needMore)
    #expect(parser.reservedArguments <= 16)
  }

  @Test func `the room of a huge request is given back by the next one`() {
    var parser = RequestParser()
    let huge = bytes("*5000\r\n" + String(repeating: "$1\r\na\r\n", count: 5_000))
    var offset = 0
    #expect(parser.next(huge.span, at: &offset) == .request)
    #expect(arguments(of: parser, in: huge.span).count == 5_000)
    #expect(parser.reservedArguments >= 5_000)
    let small = wire("PING")
    offset = 0
    #expect(parser.next(small.span, at: &offset) == .request)
    #expect(parser.reservedArguments <= 16)
  }
}
