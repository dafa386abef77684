// One step of the reply parser: a line, a string with a length, or the header of an aggregate.
//
// Every step either takes all of its element and moves `offset` behind it, or takes nothing. What
// it remembers of an incomplete element is how far the search for the end of a line has come, so no
// byte of a line is searched twice.

extension ReplyParser {
  /// Reads the element at `offset`, or gives nil when more bytes are needed.
  mutating func readElement(
    _ buffer: Span<UInt8>, at offset: inout Int
  ) throws(ProtocolError) -> Element? {
    guard offset < buffer.count else { return nil }
    guard let type = WireType(rawValue: buffer[offset]) else {
      throw .unknownReplyType(found: buffer[offset])
    }
    switch type {
    case .bulk, .bulkError, .verbatim:
      return try readBulk(buffer, at: &offset, type: type)
    case .array, .map, .set, .push, .attribute:
      return try readAggregateHeader(buffer, at: &offset, type: type)
    case .simple, .error, .integer, .null, .boolean, .double, .bigNumber:
      guard let line = try findLine(buffer, at: offset) else { return nil }
      let value = try Self.value(of: buffer.extracting(line), type: type)
      try advance(&offset, to: line.upperBound + 2)
      return .value(value)
    }
  }

  /// Reads a string with a length in front; -1 is the null of RESP2.
  private mutating func readBulk(
    _ buffer: Span<UInt8>, at offset: inout Int, type: WireType
  ) throws(ProtocolError) -> Element? {
    guard let (count, start) = try readHeader(buffer, at: offset, else: .invalidBulkLength) else {
      return nil
    }
    if count == -1, type == .bulk {
      try advance(&offset, to: start)
      return .value(.null)
    }
    guard count >= 0 else { throw .invalidBulkLength }
    guard count <= limits.maximumBulkBytes else {
      throw .bulkTooLarge(limitBytes: limits.maximumBulkBytes)
    }
    let end = start + count
    try checkReplySize(adding: end + 2 - offset)
    guard end + 2 <= buffer.count else { return nil }
    guard buffer[end] == ASCII.carriageReturn, buffer[end + 1] == ASCII.lineFeed else {
      throw .missingLineEnd
    }
    let value = try Self.value(of: buffer.extracting(start..<end), type: type)
    try advance(&offset, to: end + 2)
    return .value(value)
  }

  /// Reads the header of an aggregate, and opens it unless it is empty or null.
  private mutating func readAggregateHeader(
    _ buffer: Span<UInt8>, at offset: inout Int, type: WireType
  ) throws(ProtocolError) -> Element? {
    guard let (count, end) = try readHeader(buffer, at: offset, else: .invalidElementCount) else {
      return nil
    }
    if count == -1, type == .array {
      try advance(&offset, to: end)
      return .value(.null)
    }
    let hasPairs = type == .map || type == .attribute
    let aggregate = OpenAggregate(type: type, missing: hasPairs ? 2 * count : count)
    try checkRoom(for: aggregate)
    try advance(&offset, to: end)
    guard aggregate.missing == 0 else {
      open.append(aggregate)
      return .opened
    }
    return aggregate.reply.map(Element.value) ?? .opened
  }

  /// Refuses an aggregate of impossible size, or too many elements, or too deep in others.
  private func checkRoom(for aggregate: OpenAggregate) throws(ProtocolError) {
    guard aggregate.missing >= 0 else { throw .invalidElementCount }
    guard aggregate.missing <= limits.maximumElements else {
      throw .tooManyElements(limit: limits.maximumElements)
    }
    guard open.count < limits.maximumDepth else { throw .tooDeep(limit: limits.maximumDepth) }
  }

  /// Reads a number and its line end behind the type byte at `offset`; nil when more is needed.
  private func readHeader(
    _ buffer: Span<UInt8>, at offset: Int, else malformed: ProtocolError
  ) throws(ProtocolError) -> (number: Int, end: Int)? {
    switch HeaderLine.read(buffer, from: offset + 1) {
    case .number(let number, let end): return (number, end)
    case .needMore: return nil
    case .malformed: throw malformed
    case .missingLineEnd: throw .missingLineEnd
    }
  }

  /// Finds what stands between the type byte at `offset` and CR LF; nil when more is needed.
  private mutating func findLine(
    _ buffer: Span<UInt8>, at offset: Int
  ) throws(ProtocolError) -> Range<Int>? {
    let start = offset + 1
    let searchEnd = min(buffer.count, start + limits.maximumLineBytes + 2)
    var cursor = max(start, offset + searchedBytes)
    while cursor < searchEnd, buffer[cursor] != ASCII.lineFeed { cursor += 1 }
    guard cursor < searchEnd else {
      guard cursor - start < limits.maximumLineBytes + 2 else {
        throw .lineTooLong(limitBytes: limits.maximumLineBytes)
      }
      searchedBytes = cursor - offset
      return nil
    }
    guard buffer[cursor - 1] == ASCII.carriageReturn, cursor > start else { throw .missingLineEnd }
    return start..<(cursor - 1)
  }

  /// Moves behind an element, and counts its bytes against the limit of the whole reply.
  private mutating func advance(_ offset: inout Int, to end: Int) throws(ProtocolError) {
    try checkReplySize(adding: end - offset)
    replyBytes += end - offset
    offset = end
    searchedBytes = 0
  }

  private func checkReplySize(adding sizeBytes: Int) throws(ProtocolError) {
    guard replyBytes + sizeBytes <= limits.maximumReplyBytes else {
      throw .replyTooLarge(limitBytes: limits.maximumReplyBytes)
    }
  }
}
