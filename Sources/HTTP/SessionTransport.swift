// Requests over Foundation's URLSession: one long-lived session, so that connections are reused.
//
// Invariant: no redirect is followed, no cookie or cache is kept, and no more than `bodyLimitBytes`
// and one piece of any body is in memory. Owner: any task; the table of exchanges is behind a lock,
// because URLSession calls back on its own thread.

internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// The network.
public final class SessionTransport: HTTPTransport {
  private let session: URLSession
  private let exchanges: SessionExchanges
  private let requestSeconds: Double

  /// Opens a session.
  ///
  /// - Parameters:
  ///   - bodyLimitBytes: the largest body that is taken.
  ///   - silenceSeconds: how long a server may be silent, connecting included.
  ///   - requestSeconds: how long a request may take in all, slow drips included.
  ///   - connections: how many requests go to one server at the same time.
  public init(
    bodyLimitBytes: Int, silenceSeconds: Double = 10, requestSeconds: Double = 30,
    connections: Int = 8
  ) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = silenceSeconds
    configuration.httpMaximumConnectionsPerHost = connections
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    self.requestSeconds = requestSeconds
    exchanges = SessionExchanges(bodyLimitBytes: bodyLimitBytes)
    session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
  }

  deinit { session.invalidateAndCancel() }

  /// Sends a request once and gives the answer.
  ///
  /// - Throws: why there is none.
  public func answer(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer {
    guard let url = URL(string: request.url), url.host != nil,
      ["http", "https"].contains(url.scheme?.lowercased())
    else { throw .notConnected }
    var sent = URLRequest(url: url)
    sent.httpMethod = request.body == nil ? "GET" : "POST"
    sent.httpBody = request.body.map { Data($0) }
    for (name, value) in request.headers { sent.setValue(value, forHTTPHeaderField: name) }
    let task = session.dataTask(with: sent)
    // URLSession's own limit on a whole request, timeoutIntervalForResource, does nothing on Linux.
    let deadline = Task { [requestSeconds] in
      try await Task.sleep(for: .seconds(requestSeconds))
      task.cancel()
    }
    defer { deadline.cancel() }
    let result = await withCheckedContinuation { continuation in
      exchanges.begin(task.taskIdentifier, continuation)
      task.resume()
    }
    return try result.get()
  }
}

/// The requests under way, by the numbers of their tasks.
private final class SessionExchanges: NSObject, URLSessionDataDelegate {
  typealias Outcome = Result<HTTPAnswer, HTTPFailure>

  /// One request under way; `body` is nil once it has grown too large.
  private struct Exchange {
    let continuation: CheckedContinuation<Outcome, Never>
    var body: [UInt8]? = []
  }

  private let table = Mutex<[Int: Exchange]>([:])
  private let bodyLimitBytes: Int

  init(bodyLimitBytes: Int) {
    self.bodyLimitBytes = bodyLimitBytes
  }

  func begin(_ task: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
    table.withLock { $0[task] = Exchange(continuation: continuation) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLarge = table.withLock { table in
      let count = table[dataTask.taskIdentifier]?.body?.count ?? 0
      guard count + data.count <= bodyLimitBytes else {
        table[dataTask.taskIdentifier]?.body = nil
        return true
      }
      table[dataTask.taskIdentifier]?.body?.append(contentsOf: data)
      return false
    }
    if isTooLarge { dataTask.cancel() }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    guard let exchange = table.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else {
      return
    }
    let response = task.response as? HTTPURLResponse
    // A body that grew too large was cancelled by us: its status still counts.
    if let response, error == nil || exchange.body == nil {
      exchange.continuation.resume(
        returning: .success(
          HTTPAnswer(
            status: response.statusCode, headers: headers(of: response), body: exchange.body)))
    } else {
      exchange.continuation.resume(returning: .failure(failure(error)))
    }
  }

  private func headers(of response: HTTPURLResponse) -> [String: String] {
    response.allHeaderFields.reduce(into: [:]) { fields, field in
      if let name = field.key as? String, let value = field.value as? String {
        fields[name] = value
      }
    }
  }

  private func failure(_ error: (any Error)?) -> HTTPFailure {
    switch (error as? URLError)?.code {
    case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet,
      .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
      .notConnected
    case .cannotDecodeContentData, .cannotDecodeRawData: .undecodable
    default: .interrupted
    }
  }
}
