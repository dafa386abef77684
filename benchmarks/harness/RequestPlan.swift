// Requests rendered before the measuring: the generator only sends slices of one buffer, so that
// its own work does not hide the server's. A batch is `depth` requests sent by one write.
//
//   bytes  [ batch 0 | batch 1 | … ]      lines: how many line ends the replies to each batch hold

/// Batches of requests, and how to know that they are answered.
struct RequestPlan {
  let depth: Int
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []
  /// Line ends in the replies to each batch: a count tells that all have come, without parsing.
  var lines: [Int] = []

  init(depth: Int) {
    self.depth = depth
  }

  var batchCount: Int { ends.count }

  /// The bytes of a batch.
  func range(_ batch: Int) -> Range<Int> { (batch == 0 ? 0 : ends[batch - 1])..<ends[batch] }

  /// Adds a batch made of `requests`, whose replies are one line each until learned otherwise.
  mutating func append(_ requests: [[String]]) {
    for request in requests { bytes.append(request: request) }
    ends.append(bytes.count)
    lines.append(requests.count)
  }

  /// Batches of `depth` requests, going through `requests` once, and round again to fill the last
  /// one.
  static func repeating(_ requests: [[String]], depth: Int) -> RequestPlan {
    var plan = RequestPlan(depth: depth)
    let batchCount = max(1, (requests.count + depth - 1) / depth)
    for batch in 0..<batchCount {
      plan.append((0..<depth).map { requests[(batch * depth + $0) % requests.count] })
    }
    return plan
  }
}

extension [UInt8] {
  /// Appends a command as a RESP array of bulk strings.
  mutating func append(request words: [String]) {
    append(contentsOf: "*\(words.count)\r\n".utf8)
    for word in words {
      append(contentsOf: "$\(word.utf8.count)\r\n".utf8)
      append(contentsOf: word.utf8)
      append(contentsOf: "\r\n".utf8)
    }
  }
}
