// Arbitrary bytes as requests and as replies: what comes out, and where it fails, does not depend
// on how the bytes arrive. The limits are small, so that they are reached.
//
//     input: seed of the pieces' sizes (1 byte) · stream

import RESP

/// The fuzzing of the two parsers.
enum StreamFuzzing {
  private enum RequestEvent: Equatable {
    case request([[UInt8]])
    case failure(ProtocolError)
  }

  private enum ReplyEvent: Equatable {
    case reply(Reply)
    case failure(ProtocolError)
  }

  /// Tries one input as requests.
  static func runRequests(_ input: [UInt8]) {
    guard let seed = input.first else { return }
    let stream = Array(input.dropFirst())
    for limits in [RequestLimits(), smallRequestLimits] {
      let whole = requests(in: [stream], limits)
      precondition(whole == requests(in: stream.map { [$0] }, limits), "byte by byte differs")
      precondition(whole == requests(in: pieces(of: stream, seed), limits), "in pieces differs")
    }
  }

  /// Tries one input as replies.
  static func runReplies(_ input: [UInt8]) {
    guard let seed = input.first else { return }
    let stream = Array(input.dropFirst())
    for limits in [ReplyLimits(), smallReplyLimits] {
      let whole = replies(in: [stream], limits)
      precondition(same(whole, replies(in: stream.map { [$0] }, limits)), "byte by byte differs")
      precondition(same(whole, replies(in: pieces(of: stream, seed), limits)), "pieces differ")
    }
  }

  private static let smallRequestLimits: RequestLimits = {
    var limits = RequestLimits()
    limits.maximumArguments = 12
    limits.maximumInlineBytes = 60
    limits.maximumRequestBytes = 200
    return limits
  }()

  private static let smallReplyLimits: ReplyLimits = {
    var limits = ReplyLimits()
    limits.maximumDepth = 4
    return limits
  }()

  /// The stream in pieces of 1 to 16 bytes.
  private static func pieces(of stream: [UInt8], _ seed: UInt8) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var (rest, number) = (stream[...], UInt32(seed))
    while !rest.isEmpty {
      number = number &* 1_664_525 &+ 1_013_904_223
      let piece = rest.prefix(1 + Int(number >> 28))
      pieces.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    return pieces
  }

  private static func requests(in pieces: [[UInt8]], _ limits: RequestLimits) -> [RequestEvent] {
    var parser = RequestParser(limits: limits)
    var received: [UInt8] = []
    var events: [RequestEvent] = []
    for piece in pieces {
      received += piece
      var offset = 0
      reading: while true {
        switch parser.next(received.span, at: &offset) {
        case .needMore: break reading
        case .request: events.append(.request(arguments(of: parser, in: received.span)))
        case .failure(let error): return events + [.failure(error)]
        }
      }
      received.removeFirst(offset)
    }
    return events
  }

  private static func arguments(
    of parser: borrowing RequestParser, in buffer: Span<UInt8>
  ) -> [[UInt8]] {
    let request = parser.request(in: buffer)
    var arguments: [[UInt8]] = []
    for index in 0..<request.count {
      let argument = request[index]
      arguments.append(argument.indices.map { argument[$0] })
    }
    return arguments
  }

  private static func replies(in pieces: [[UInt8]], _ limits: ReplyLimits) -> [ReplyEvent] {
    var parser = ReplyParser(limits: limits)
    var received: [UInt8] = []
    var events: [ReplyEvent] = []
    for piece in pieces {
      received += piece
      var offset = 0
      reading: while true {
        switch parser.next(received.span, at: &offset) {
        case .needMore: break reading
        case .reply(let reply): events.append(.reply(reply))
        case .failure(let error): return events + [.failure(error)]
        }
      }
      received.removeFirst(offset)
    }
    return events
  }

  /// Whether two lists are the same; by their words, as no NaN equals itself.
  private static func same(_ one: [ReplyEvent], _ other: [ReplyEvent]) -> Bool {
    one == other || "\(one)" == "\(other)"
  }
}
