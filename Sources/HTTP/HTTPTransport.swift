// The way to a web server. Two conformers: `SessionTransport` for the network, and a scripted one
// in the tests.
//
// Invariant: one answer or one failure for each request; nothing is repeated here, because only
// the caller knows what may be. Owner: any task.

/// A request to a web server.
public struct HTTPRequest: Sendable {
  /// The address, of `http` or `https`.
  public let url: String
  /// The header fields.
  public let headers: [String: String]
  /// The body of a POST, or nil for a GET.
  public let body: [UInt8]?

  /// Names address, header fields and body.
  public init(url: String, headers: [String: String] = [:], body: [UInt8]? = nil) {
    self.url = url
    self.headers = headers
    self.body = body
  }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
  /// The method; addresses, headers and bodies may carry secrets.
  public var description: String { body == nil ? "HTTP GET" : "HTTP POST" }

  /// A mirror without children, so that `dump` shows no header either.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// What carries requests to web servers.
public protocol HTTPTransport: Sendable {
  /// Sends a request once, follows no redirect, and gives the answer.
  ///
  /// - Throws: why there is no answer.
  func answer(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer
}
