// Many requests, a bounded number of them under way: enough that a round trip and a sync are shared
// by hundreds, few enough that neither side holds more than about a megabyte of them.
// A batch is sent and answered before the next one is made.

import RESP

/// A run of items whose requests are sent together.
struct RequestBatch<Item> {
  fileprivate let endpoint: any LedgerEndpoint
  fileprivate let items: ArraySlice<Item>
  fileprivate let requests: [LedgerRequest]

  /// How many items there are up to the end of this batch.
  var end: Int { items.endIndex }

  /// Sends the requests, and gives each item with its reply.
  func replies() throws(EndpointError) -> [(Item, Reply)] {
    let replies = try endpoint.pipeline(requests)
    guard replies.count == items.count
    else { throw .unexpectedReply(command: requests.first?.command ?? "") }
    return Array(zip(items, replies))
  }
}

/// Cuts items into batches, one after the other.
struct RequestBatches<Item>: Sequence, IteratorProtocol {
  /// The most requests of a batch.
  static var maximumRequests: Int { 512 }
  /// Beyond so many bytes of arguments a batch takes no further request.
  static var maximumBytes: Int { 1 << 20 }

  fileprivate let endpoint: any LedgerEndpoint
  fileprivate let items: [Item]
  fileprivate let request: (Item) -> LedgerRequest
  fileprivate var start = 0

  mutating func next() -> RequestBatch<Item>? {
    guard start < items.count else { return nil }
    var requests: [LedgerRequest] = []
    var sizeBytes = 0
    var end = start
    while end < items.count, requests.count < Self.maximumRequests, sizeBytes < Self.maximumBytes {
      let request = request(items[end])
      sizeBytes += request.sizeBytes
      requests.append(request)
      end += 1
    }
    defer { start = end }
    return RequestBatch(endpoint: endpoint, items: items[start..<end], requests: requests)
  }
}

extension LedgerEndpoint {
  /// The batches of one request an item.
  func batches<Item>(
    _ items: [Item], _ request: @escaping (Item) -> LedgerRequest
  ) -> RequestBatches<Item> {
    RequestBatches(endpoint: self, items: items, request: request)
  }
}
