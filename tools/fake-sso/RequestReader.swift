// Bytes of a connection into requests, HTTP/1.1 (RFC 9112). Fed piece by piece; a request is given
// when it is whole. Every size has a limit, and nothing is made room for before its bytes came.
// Invariant: after a fault the stream has no known place any more, so the connection must end.

/// Why bytes are no request, with the answer that says so.
enum RequestFault: Error, Equatable, Sendable {
  case malformed
  case headTooLarge
  case bodyTooLarge
  case lengthMissing
  case methodUnknown
  case versionUnknown

  /// What the client is told.
  var answer: WebAnswer {
    switch self {
    case .malformed: .text(400, "this is no HTTP request")
    case .headTooLarge:
      .text(431, "the head is larger than \(RequestReader.headLimitBytes) bytes")
    case .bodyTooLarge:
      .text(413, "the body is larger than \(RequestReader.bodyLimitBytes) bytes")
    case .lengthMissing: .text(411, "only bodies with a Content-Length are read")
    case .methodUnknown: .text(405, "only GET and POST are answered")
    case .versionUnknown: .text(505, "only HTTP/1.0 and HTTP/1.1 are spoken")
    }
  }
}

/// Reads the requests of one connection.
struct RequestReader {
  /// The largest request line with its header fields.
  static let headLimitBytes = 16 << 10
  /// The largest body.
  static let bodyLimitBytes = 256 << 10

  private var bytes: [UInt8] = []
  /// How far the end of the head was looked for.
  private var searched = 0
  /// The request whose body is awaited.
  private var head: Head?

  private struct Head {
    let method: WebRequest.Method
    let target: Substring
    let headers: [String: String]
    let keepsAlive: Bool
    let bodyBytes: Int
  }

  /// Takes bytes that came.
  mutating func append(_ more: some Collection<UInt8>) {
    bytes.append(contentsOf: more)
  }

  /// The next request, or nil when more bytes are needed for it.
  ///
  /// - Throws: why the bytes are no request.
  mutating func next() throws(RequestFault) -> WebRequest? {
    if head == nil { head = try takeHead() }
    guard let head, bytes.count >= head.bodyBytes else { return nil }
    let body = Array(bytes.prefix(head.bodyBytes))
    bytes.removeFirst(head.bodyBytes)
    self.head = nil
    let parts = head.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let query = Form(parts.count > 1 ? parts[1] : "") else { throw .malformed }
    return WebRequest(
      method: head.method, path: Self.trimmed(parts[0]), query: query, headers: head.headers,
      body: body, keepsAlive: head.keepsAlive)
  }

  /// Takes the head off the bytes, if it is whole.
  private mutating func takeHead() throws(RequestFault) -> Head? {
    // No method begins with another byte, but TLS does: who speaks that must hear so at once.
    if let first = bytes.first, !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) {
      throw .malformed
    }
    guard let end = endOfHead() else {
      if bytes.count > Self.headLimitBytes { throw .headTooLarge }
      return nil
    }
    guard end <= Self.headLimitBytes else { throw .headTooLarge }
    guard let text = String(validating: bytes[..<(end - 4)], as: UTF8.self) else {
      throw .malformed
    }
    bytes.removeFirst(end)
    searched = 0
    return try Self.head(text)
  }

  /// The place after the empty line, or nil where it has not come.
  private mutating func endOfHead() -> Int? {
    while searched + 4 <= bytes.count {
      if bytes[searched..<(searched + 4)].elementsEqual([13, 10, 13, 10]) { return searched + 4 }
      searched += 1
    }
    return nil
  }

  private static func head(_ text: String) throws(RequestFault) -> Head {
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[1].hasPrefix("/"), words[2].hasPrefix("HTTP/") else {
      throw .malformed
    }
    guard ["HTTP/1.0", "HTTP/1.1"].contains(words[2]) else { throw .versionUnknown }
    guard let method = WebRequest.Method(rawValue: String(words[0])) else { throw .methodUnknown }
    let headers = try fields(lines.dropFirst())
    let connection = headers["connection"]?.lowercased()
    return Head(
      method: method, target: words[1], headers: headers,
      keepsAlive: connection.map { $0 != "close" } ?? (words[2] == "HTTP/1.1"),
      bodyBytes: try bodyBytes(headers))
  }

  private static func fields(
    _ lines: ArraySlice<Substring>
  ) throws(RequestFault) -> [String: String] {
    var fields: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { throw .malformed }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      fields[line[..<colon].lowercased()] = String(value)
    }
    return fields
  }

  private static func bodyBytes(_ headers: [String: String]) throws(RequestFault) -> Int {
    guard headers["transfer-encoding"] == nil else { throw .lengthMissing }
    guard let text = headers["content-length"] else { return 0 }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.isEmpty else {
      throw .malformed
    }
    guard let count = Int(text), count <= bodyLimitBytes else { throw .bodyTooLarge }
    return count
  }

  private static func trimmed(_ path: Substring) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : String(path)
  }
}
