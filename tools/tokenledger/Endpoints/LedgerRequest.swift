// One request to a ledger: the command's name and its arguments, as bytes.
// A request may hold secrets: it is sent, and never shown.
// Schema: schema/protocol.md, "Arguments".

/// A request under construction.
///
///     var request = LedgerRequest("TOKENS.FIND")
///     request.add("USER", "17")
///     request.add("LIMIT", 100)
struct LedgerRequest: Sendable {
  /// The name and the arguments.
  private(set) var words: [[UInt8]]

  /// A request without arguments.
  init(_ command: StaticString) {
    words = [Array(command.description.utf8)]
  }

  /// The command's name, for messages; the arguments may hold secrets.
  var command: String { String(decoding: words[0], as: UTF8.self) }

  /// What the arguments weigh, for bounding what is under way.
  var sizeBytes: Int { words.reduce(0) { $0 + $1.count } }

  /// Adds a keyword.
  mutating func add(_ keyword: StaticString) { words.append(Array(keyword.description.utf8)) }

  /// Adds a keyword and its value.
  mutating func add(_ keyword: StaticString, _ value: String) {
    add(keyword)
    words.append(Array(value.utf8))
  }

  /// Adds a keyword and its value.
  mutating func add(_ keyword: StaticString, _ value: [UInt8]) {
    add(keyword)
    words.append(value)
  }

  /// Adds a keyword and its value.
  mutating func add(_ keyword: StaticString, _ value: Int64) { add(keyword, String(value)) }

  /// Adds a keyword, a count, and as many values.
  mutating func add(_ keyword: StaticString, list values: [[UInt8]]) {
    add(keyword, Int64(values.count))
    words.append(contentsOf: values)
  }

  /// Adds a value that stands without a keyword.
  mutating func add(value: Int64) { words.append(Array(String(value).utf8)) }

  /// Adds a keyword and scopes that the ledger splits at white space.
  ///
  /// A single scope named LIST would read as the keyword; the blank behind it says otherwise.
  mutating func add(_ keyword: StaticString, scopes text: String) {
    add(keyword, text.uppercased() == "LIST" ? text + " " : text)
  }

  /// Adds a keyword and names of scopes, taken as they are.
  mutating func add(_ keyword: StaticString, scopeNames names: [[UInt8]]) {
    add(keyword)
    add("LIST", list: names)
  }
}
