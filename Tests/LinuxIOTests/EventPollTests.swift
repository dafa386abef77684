// Readiness: what is watched is reported with its word, and a word of an earlier use is told apart.

import Glibc
import LinuxIO
import Testing

@Suite struct EventPollTests {
  @Test func `a word keeps the descriptor and the generation apart`() {
    let word = EventWord(descriptor: 7, generation: 2)
    #expect(word.rawValue == 0x0000_0002_0000_0007)
    let extreme = EventWord(descriptor: .max, generation: .max)
    #expect(extreme.descriptor == .max)
    #expect(extreme.generation == .max)
  }

  @Test func `nothing ready gives no event`() throws {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 4)
    let counter = try EventCounter()
    try poll.add(EventWord(descriptor: counter.rawValue, generation: 1), for: .readable)
    try poll.wait(timeoutMilliseconds: 0, into: &events)
    #expect(events.count == 0)
  }

  @Test func `what is ready is reported until it is dealt with`() throws {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 4)
    let counter = try EventCounter()
    let word = EventWord(descriptor: counter.rawValue, generation: 9)
    try poll.add(word, for: .readable)
    counter.signal()
    for _ in 0..<2 {
      try poll.wait(timeoutMilliseconds: 0, into: &events)
      #expect(events.count == 1)
      let event = events[0]
      #expect(event.word == word)
      #expect(event.isReadable && !event.isWritable && !event.isClosed)
    }
    #expect(counter.drain() == 1)
    try poll.wait(timeoutMilliseconds: 0, into: &events)
    #expect(events.count == 0)
  }

  @Test func `more ready descriptors than room come with the next wait`() throws {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 1)
    let first = try EventCounter()
    let second = try EventCounter()
    try poll.add(EventWord(descriptor: first.rawValue, generation: 1), for: .readable)
    try poll.add(EventWord(descriptor: second.rawValue, generation: 1), for: .readable)
    first.signal()
    second.signal()
    var seen: Set<EventWord> = []
    for _ in 0..<2 {
      try poll.wait(timeoutMilliseconds: 0, into: &events)
      #expect(events.count == 1)
      seen.insert(events[0].word)
    }
    #expect(seen.count == 2)
  }

  @Test func `interest can be changed and ended`() throws {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 4)
    let pair = try UnixSocket.pair(isNonblocking: true)
    let word = EventWord(descriptor: pair.first.rawValue, generation: 1)
    try poll.add(word, for: .readable)
    try poll.modify(word, for: [.readable, .writable])
    try poll.wait(timeoutMilliseconds: 0, into: &events)
    #expect(events.count == 1)
    let event = events[0]
    #expect(event.isWritable && !event.isReadable)
    try poll.remove(descriptor: word.descriptor)
    try poll.wait(timeoutMilliseconds: 0, into: &events)
    #expect(events.count == 0)
  }

  @Test func `a peer that finished and a peer that is gone are told apart`() throws {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 4)
    try UnixSocket.pair(isNonblocking: true).split { first, second throws in
      let word = EventWord(descriptor: first.rawValue, generation: 1)
      try poll.add(word, for: [.readable, .peerFinished])
      try second.finishSending()
      try poll.wait(timeoutMilliseconds: 0, into: &events)
      let finished = events[0]
      #expect(finished.isPeerFinished && !finished.isClosed)
      _ = consume second
      try poll.wait(timeoutMilliseconds: 0, into: &events)
      let gone = events[0]
      #expect(gone.isPeerFinished && gone.isClosed)
    }
  }

  // wait                      | the loop                     | descriptor n
  // --------------------------+------------------------------+---------------------------
  // (n, 1) readable, not read | closes n                     | free
  //                           | opens another, watches it    | in use again, generation 2
  //                           | looks at the event (n, 1)    | its generation is not 2
  @Test func `an event of an earlier use of the number is seen to be stale`() throws {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 4)
    let first = try EventCounter()
    let number = first.rawValue
    try poll.add(EventWord(descriptor: number, generation: 1), for: .readable)
    first.signal()
    try poll.wait(timeoutMilliseconds: 0, into: &events)
    let stale = events[0].word

    try poll.remove(descriptor: number)
    _ = consume first
    let second = try EventCounter()
    let word = EventWord(descriptor: second.rawValue, generation: 2)
    try poll.add(word, for: .readable)
    second.signal()
    try poll.wait(timeoutMilliseconds: 0, into: &events)
    #expect(events[0].word == word)
    #expect(stale != word)
    #expect(stale.generation != word.generation)
  }

  @Test func `watching twice is EEXIST, and changing what is not watched is ENOENT`() throws {
    let poll = try EventPoll()
    let counter = try EventCounter()
    let word = EventWord(descriptor: counter.rawValue, generation: 1)
    #expect(throws: SystemError(.epollControl, .noSuchFile)) {
      try poll.modify(word, for: .readable)
    }
    try poll.add(word, for: .readable)
    #expect(throws: SystemError(.epollControl, .fileExists)) { try poll.add(word, for: .readable) }
  }

  @Test func `an event beyond the last one traps`() async {
    await #expect(processExitsWith: .failure) {
      let events = EventBuffer(capacity: 4)
      _ = events[0]
    }
  }
}

@Suite struct EventCounterTests {
  @Test func `it counts the signals since the last time`() throws {
    let counter = try EventCounter()
    #expect(counter.drain() == 0)
    for _ in 0..<3 { counter.signal() }
    #expect(counter.drain() == 3)
    #expect(counter.drain() == 0)
  }

  @Test func `a full counter stays full`() throws {
    let counter = try EventCounter()
    var most = UInt64.max - 1
    #expect(write(counter.rawValue, &most, 8) == 8)
    counter.signal()
    #expect(counter.drain() == most)
  }
}
