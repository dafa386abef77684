// Feeds bytes to a reply parser the way a client does, and notes what came out.

import RESP

/// What a stream of replies turned into.
enum ReplyEvent: Equatable {
  case reply(Reply)
  case failure(ProtocolError)
}

/// The replies in a stream that arrives in these chunks, up to the first failure.
func replies(in chunks: [[UInt8]], limits: ReplyLimits = ReplyLimits()) -> [ReplyEvent] {
  var parser = ReplyParser(limits: limits)
  var received: [UInt8] = []
  var events: [ReplyEvent] = []
  for chunk in chunks {
    received += chunk
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

/// The replies in a stream that arrives at once.
func replies(in text: String, limits: ReplyLimits = ReplyLimits()) -> [ReplyEvent] {
  replies(in: [bytes(text)], limits: limits)
}

extension Reply {
  /// Text as a bulk string.
  static func bulk(_ text: String) -> Reply { .bulk(RESPTests.bytes(text)) }

  /// Text as a simple string.
  static func simple(_ text: String) -> Reply { .simple(RESPTests.bytes(text)) }

  /// Text as an error.
  static func error(_ text: String) -> Reply { .error(RESPTests.bytes(text)) }
}
