// The lean load generator: closed loop, each connection has one batch on its way. One thread,
// blocking sockets, level-triggered epoll; with one connection not even that. Per batch: one
// write, as many reads as the replies need, two clock reads. redis-benchmark would itself be the
// bottleneck here.

import CLinux
import Glibc
import LinuxIO

/// A connection broke, or a server answered an error.
struct LoadFailure: Error, CustomStringConvertible {
  let description: String
}

/// Connections to one server, and the traffic on them.
final class LoadGenerator {
  private struct Connection {
    let descriptor: CInt
    var linesMissing = 0
    var startedNanoseconds: Int64 = 0
  }

  private let poll: EventPoll
  private var events: EventBuffer
  private var connections: [Connection] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)

  /// Connects.
  init(socketPath: String, connectionCount: Int) throws {
    poll = try EventPoll()
    events = EventBuffer(capacity: max(1, connectionCount))
    let address = try UnixAddress(path: socketPath)
    for index in 0..<connectionCount {
      let socket = try UnixSocket.connect(to: address)
      try socket.setReceiveTimeout(milliseconds: 30_000)
      let number = socket.intoDescriptor().release()
      connections.append(Connection(descriptor: number))
      let word = EventWord(descriptor: number, generation: UInt32(index))
      try poll.add(word, for: .readable)
    }
  }

  deinit {
    for connection in connections { close(connection.descriptor) }
  }

  // MARK: One at a time

  /// Sends one batch on the first connection and gives all replies as they came.
  ///
  /// An ECHO behind the batch shows where its replies end.
  func exchange(_ batch: ArraySlice<UInt8>) throws -> [UInt8] {
    let mark = Array("$12\r\nend-of-batch\r\n".utf8)
    var request = Array(batch)
    request.append(request: ["ECHO", "end-of-batch"])
    try send(request, request.indices, on: connections[0].descriptor)
    var replies: [UInt8] = []
    while !replies.suffix(mark.count).elementsEqual(mark) {
      replies += buffer[..<(try receive(on: connections[0].descriptor))]
    }
    return Array(replies.dropLast(mark.count))
  }

  /// Sends every batch of `plan` once, notes how many lines its replies have, and hashes them.
  func learn(_ plan: inout RequestPlan) throws -> Checksum {
    var hash = Checksum()
    for batch in 0..<plan.batchCount {
      let replies = try exchange(plan.bytes[plan.range(batch)])
      guard replies.first != UInt8(ascii: "-") else { throw Self.refusal(replies[...]) }
      plan.lines[batch] = replies.count { $0 == UInt8(ascii: "\n") }
      hash.add(replies)
    }
    return hash
  }

  // MARK: Under load

  /// Keeps every connection busy with the batches of `plan` until `deadline`, then takes the last
  /// replies in; gives the number of requests answered.
  func run(
    _ plan: borrowing RequestPlan, next batch: inout Int, until deadline: Int64,
    _ latencies: inout LatencyHistogram
  ) throws -> Int {
    var done = 0
    var waiting = connections.count
    for index in connections.indices { try start(index, plan, &batch) }
    while waiting > 0 {
      try waitForReplies()
      for event in 0..<readyCount {
        let index = connections.count == 1 ? 0 : Int(events[event].word.generation)
        guard try takeReplies(index) else { continue }
        let now = SystemClock.monotonicNanoseconds()
        latencies.record(picoseconds: (now - connections[index].startedNanoseconds) * 1000)
        done += plan.depth
        if now < deadline { try start(index, plan, &batch) } else { waiting -= 1 }
      }
    }
    return done
  }

  /// Sends `count` batches one after the other on the first connection.
  func run(_ plan: borrowing RequestPlan, batches count: Int) throws {
    var batch = 0
    for _ in 0..<count {
      try start(0, plan, &batch)
      while try !takeReplies(0) {}
    }
  }

  private var readyCount: Int { connections.count == 1 ? 1 : events.count }

  private func waitForReplies() throws {
    guard connections.count > 1 else { return }
    try poll.wait(timeoutMilliseconds: 30_000, into: &events)
    if events.count == 0 { throw LoadFailure(description: "no reply for 30 s") }
  }

  private func start(_ index: Int, _ plan: borrowing RequestPlan, _ batch: inout Int) throws {
    batch = batch + 1 < plan.batchCount ? batch + 1 : 0
    connections[index].linesMissing = plan.lines[batch]
    connections[index].startedNanoseconds = SystemClock.monotonicNanoseconds()
    try send(plan.bytes, plan.range(batch), on: connections[index].descriptor)
  }

  /// Reads once; gives whether the batch is answered.
  private func takeReplies(_ index: Int) throws -> Bool {
    let count = try receive(on: connections[index].descriptor)
    guard buffer[0] != UInt8(ascii: "-") else { throw Self.refusal(buffer[..<count]) }
    connections[index].linesMissing -= Self.lineCount(buffer, count)
    return connections[index].linesMissing <= 0
  }

  // MARK: Bytes

  private static func lineCount(_ buffer: [UInt8], _ count: Int) -> Int {
    let bytes = buffer.span.extracting(0..<count)
    var lines = 0
    for index in bytes.indices { lines &+= bytes[index] == UInt8(ascii: "\n") ? 1 : 0 }
    return lines
  }

  private func send(_ bytes: [UInt8], _ range: Range<Int>, on descriptor: CInt) throws {
    // Safe: the range was checked against the array by the slice below.
    let count = unsafe bytes.withUnsafeBytes { whole in
      let part = unsafe whole[range]
      return unsafe Glibc.send(
        descriptor, UnsafeRawBufferPointer(rebasing: part).baseAddress, part.count,
        cl_MSG_NOSIGNAL)
    }
    guard count == range.count else { throw LoadFailure(description: "a send failed: \(errno)") }
  }

  private func receive(on descriptor: CInt) throws -> Int {
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
    }
    guard count > 0 else { throw LoadFailure(description: "the server closed or is silent") }
    return count
  }

  private static func refusal(_ reply: ArraySlice<UInt8>) -> LoadFailure {
    LoadFailure(description: "refused: " + String(decoding: reply.prefix(200), as: UTF8.self))
  }
}

extension Side {
  /// A side whose operations are the requests of `plan` on some connections.
  ///
  /// Its processor time is the server's alone.
  static func load(
    _ name: String, _ server: Server, _ generator: LoadGenerator, _ plan: RequestPlan
  ) -> Side {
    var batch = 0
    return Side(name: name, processorTime: { server.process.processorTime }) {
      deadline, latencies in
      try generator.run(plan, next: &batch, until: deadline, &latencies)
    }
  }
}
