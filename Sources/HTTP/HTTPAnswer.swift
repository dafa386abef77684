// What came back from a web server, or why nothing did, as plain values.
//
// Invariant: a body is whole or not there; a failure holds no address, header or byte of a body,
// so that no secret can reach a log line through it. Owner: whoever holds the value.
// Meaning of the cases for a refresh: schema/sso.md.

/// The answer of a web server.
public struct HTTPAnswer: Equatable, Sendable {
  /// The status code.
  public let status: Int
  /// The whole body, or nil if it was larger than the transport takes.
  public let body: [UInt8]?
  /// The header fields, by names in lower case.
  private let fields: [String: String]

  /// Names status, header fields (in any case) and body.
  public init(status: Int, headers: [String: String] = [:], body: [UInt8]? = []) {
    self.status = status
    self.body = body
    fields = Dictionary(headers.map { ($0.lowercased(), $1) }, uniquingKeysWith: { $1 })
  }

  /// Whether the server says that all went well.
  public var isSuccess: Bool { (200..<300).contains(status) }

  /// The value of a header field, or nil if there is none of that name, in any case.
  public func header(_ name: String) -> String? { fields[name.lowercased()] }
}

extension HTTPAnswer: CustomStringConvertible, CustomReflectable {
  /// Status and size; bodies and headers carry secrets.
  public var description: String {
    "HTTP \(status), " + (body.map { "\($0.count) bytes" } ?? "a body that is too large")
  }

  /// A mirror without children, so that `dump` shows no body either.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// Why there is no answer.
public enum HTTPFailure: Error, Hashable, Sendable, CaseIterable {
  /// No connection came about; the server has seen nothing of the request.
  case notConnected
  /// The connection broke or fell silent; the server may have carried the request out.
  case interrupted
  /// The server answered with something that cannot be decoded.
  case undecodable
}
