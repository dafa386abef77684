// Feeds bytes to a request parser the way a server does, and notes what came out.
//
// Between two chunks the understood bytes are dropped and the rest moves to the front, so every
// test that splits its input also proves that the parser's positions survive the move.

import RESP

/// What a stream of requests turned into.
enum RequestEvent: Equatable {
  case request([String])
  case failure(ProtocolError)
}

/// The requests in a stream that arrives in these chunks, up to the first failure.
func requests(in chunks: [[UInt8]], limits: RequestLimits = RequestLimits()) -> [RequestEvent] {
  var parser = RequestParser(limits: limits)
  var received: [UInt8] = []
  var events: [RequestEvent] = []
  for chunk in chunks {
    received += chunk
    let taken = takeRequests(from: received, with: &parser, into: &events)
    if case .failure = events.last { return events }
    received.removeFirst(taken)
  }
  return events
}

/// The requests in a stream that arrives at once.
func requests(in text: String, limits: RequestLimits = RequestLimits()) -> [RequestEvent] {
  requests(in: [Array(text.utf8)], limits: limits)
}

/// Takes the requests that are complete; gives the number of bytes that are done with.
func takeRequests(
  from received: [UInt8], with parser: inout RequestParser, into events: inout [RequestEvent]
) -> Int {
  var offset = 0
  while true {
    switch parser.next(received.span, at: &offset) {
    case .needMore: return offset
    case .request: events.append(.request(arguments(of: parser, in: received.span)))
    case .failure(let error):
      events.append(.failure(error))
      return offset
    }
  }
}

/// The arguments of the request just read, as text; every byte is one character.
func arguments(of parser: borrowing RequestParser, in buffer: Span<UInt8>) -> [String] {
  let request = parser.request(in: buffer)
  var texts: [String] = []
  for index in 0..<request.count {
    let argument = request[index]
    var text = ""
    for position in argument.indices {
      text.unicodeScalars.append(Unicode.Scalar(argument[position]))
    }
    texts.append(text)
  }
  return texts
}

/// A request as bytes of the wire.
func wire(_ arguments: String...) -> [UInt8] {
  var writer = RequestWriter()
  writer.write(arguments)
  return writer.bytes
}

/// Text as bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
