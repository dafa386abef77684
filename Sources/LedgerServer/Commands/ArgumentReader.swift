// Reading the arguments of a request, one after the other. Each method names the argument in its
// error, and never shows its value, which may be a secret.
// Views into the request only: what is kept is copied, so nothing outlives the receive buffer.
// Cost: no allocation, except for text and names that are to be stored.

import Bytes
import RESP
import TokenLedger

/// A cursor over the arguments of one request, after its name.
struct ArgumentReader: ~Escapable {
  let command: CommandName
  private let request: Request
  private(set) var position: Int

  /// Starts behind the first `skipping` words of the request.
  @_lifetime(copy request)
  init(_ request: Request, of command: CommandName, skipping: Int = 1) {
    self.request = request
    self.command = command
    position = skipping
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { position >= request.count }

  /// How many arguments are left.
  var remaining: Int { request.count - position }

  /// The next argument; `what` names it.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func next(_ what: @autoclosure () -> String) throws(CommandError) -> Span<UInt8> {
    guard position < request.count else { throw .missing(what()) }
    position += 1
    return request[position - 1]
  }

  /// Looks at the next argument without taking it.
  @_lifetime(copy self)
  func peek() -> Span<UInt8>? {
    position < request.count ? request[position] : nil
  }

  /// The whole request as it can be sent again.
  func encodedRequest() -> [UInt8] {
    var writer = RequestWriter()
    var words: [[UInt8]] = []
    for index in 0..<request.count { words.append([UInt8](copying: request[index])) }
    writer.write(words)
    return writer.bytes
  }

  // MARK: Keywords

  /// Takes the next argument, which must be a keyword.
  @_lifetime(self: copy self)
  mutating func keyword() throws(CommandError) -> Keyword {
    guard let keyword = Keyword.table[request[position]]
    else { throw .unexpectedArgument(command) }
    position += 1
    return keyword
  }

  /// The next argument, if it is a keyword.
  var peekKeyword: Keyword? {
    position < request.count ? Keyword.table[request[position]] : nil
  }

  /// Takes the next argument if it is this keyword.
  @_lifetime(self: copy self)
  mutating func take(_ keyword: Keyword) -> Bool {
    guard position < request.count, Keyword.table[request[position]] == keyword
    else { return false }
    position += 1
    return true
  }

  // MARK: Values

  @_lifetime(self: copy self)
  mutating func integer(_ what: @autoclosure () -> String) throws(CommandError) -> Int64 {
    guard let value = parseInteger(try next(what())) else { throw .notAnInteger(what()) }
    return value
  }

  @_lifetime(self: copy self)
  mutating func integer(
    _ what: @autoclosure () -> String, in range: ClosedRange<Int64>
  ) throws(CommandError) -> Int64 {
    let value = try integer(what())
    guard range.contains(value) else {
      throw .invalid(what(), expected: "between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  @_lifetime(self: copy self)
  mutating func tokenID(_ what: @autoclosure () -> String) throws(CommandError) -> TokenID {
    guard let id = TokenID(try integer(what()))
    else { throw .invalid(what(), expected: "an id: a number from 1") }
    return id
  }

  @_lifetime(self: copy self)
  mutating func characterID() throws(CommandError) -> CharacterID {
    CharacterID(try integer("CHARACTER"))
  }

  @_lifetime(self: copy self)
  mutating func text(_ what: @autoclosure () -> String) throws(CommandError) -> Text {
    guard let text = Text(try next(what())) else { throw .notText(what()) }
    return text
  }

  /// Takes text that is only looked up: bytes that are no text are an error all the same.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func textBytes(_ what: @autoclosure () -> String) throws(CommandError) -> Span<UInt8> {
    let bytes = try next(what())
    guard bytes.isASCIIText || Text.isValid(bytes) else { throw .notText(what()) }
    return bytes
  }

  @_lifetime(self: copy self)
  mutating func time(_ what: @autoclosure () -> String) throws(CommandError) -> UnixTime {
    guard let time = UnixTime(text: try next(what()))
    else { throw .invalid(what(), expected: "a time: RFC 3339 or unix seconds") }
    return time
  }

  @_lifetime(self: copy self)
  mutating func tokenType() throws(CommandError) -> TokenType {
    let word = try next("TYPE")
    for type in TokenType.allCases where word.equalsIgnoringCase(type.capitals) { return type }
    throw .invalid("TYPE", expected: "character or corporation")
  }

  @_lifetime(self: copy self)
  mutating func reason() throws(CommandError) -> Text {
    let reason = try text("REASON")
    guard reason.utf8.count <= Limits.reasonBytes
    else { throw .rejected(.limit(what: "bytes of a reason", maximum: Limits.reasonBytes)) }
    return reason
  }

  @_lifetime(self: copy self)
  mutating func version() throws(CommandError) -> UInt32 {
    UInt32(try integer("EXPECT", in: 0...Int64(UInt32.max)))
  }

  /// Takes a number of words that follow, and checks that so many are there.
  @_lifetime(self: copy self)
  mutating func wordCount(_ what: @autoclosure () -> String) throws(CommandError) -> Int {
    let count = try integer(what())
    guard count >= 0, count <= Int64(remaining)
    else { throw .invalid(what(), expected: "the number of words that follow") }
    return Int(count)
  }

  // MARK: Scopes

  /// Takes a `scopes` argument into names, to be stored.
  @_lifetime(self: copy self)
  mutating func scopeNames() throws(CommandError) -> [Text] {
    guard take(.list) else { return ScopeArgument.text(try text("SCOPES")).names }
    var names: [Text] = []
    for _ in 0..<(try wordCount("LIST")) { names.append(try text("a scope")) }
    return names
  }

  /// Takes a `scopes` argument into a condition of `filter`, without copying a name.
  @_lifetime(self: copy self)
  mutating func scopes(
    into scratch: inout QueryScratch, _ comparison: TokenFilter.ScopeComparison,
    in state: borrowing LedgerState
  ) throws(CommandError) {
    if take(.list) { return try scopeList(into: &scratch.filter, comparison, in: state) }
    let text = try next("SCOPES")
    if scratch.memory.add(text, comparison, to: &scratch.filter, in: state) { return }
    guard text.isASCIIText || Text.isValid(text) else { throw .notText("SCOPES") }
    scratch.filter.beginScopes()
    scratch.filter.addScopes(in: text, in: state)
    scratch.filter.endScopes(comparison, in: state)
    scratch.memory.remember(text, comparison, from: scratch.filter, in: state)
  }

  @_lifetime(self: copy self)
  private mutating func scopeList(
    into filter: inout TokenFilter, _ comparison: TokenFilter.ScopeComparison,
    in state: borrowing LedgerState
  ) throws(CommandError) {
    filter.beginScopes()
    for _ in 0..<(try wordCount("LIST")) { filter.addScope(try textBytes("a scope"), in: state) }
    filter.endScopes(comparison, in: state)
  }
}

extension Span<UInt8> {
  /// Whether all bytes are ASCII and none is zero: then they are text without a closer look.
  var isASCIIText: Bool {
    let raw = unsafe bytes  // Safety: bytes have no padding.
    var offset = 0
    while offset + 8 <= count {
      // A byte above 0x7f has its top bit set; one of zero borrows into it when 1 is taken off.
      let word = raw.integer(UInt64.self, at: offset)
      guard (word | word &- 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080 == 0
      else { return false }
      offset += 8
    }
    while offset < count {
      guard raw.byte(at: offset) &- 1 < 0x7f else { return false }
      offset += 1
    }
    return true
  }
}

extension TokenType {
  fileprivate var capitals: [UInt8] { Array(word.description.utf8).map(uppercased) }
}
