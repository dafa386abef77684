import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct GroupCommitTests {
  /// Starts the log's thread on an empty log.
  private func start(_ storage: SimulatedStorage) throws -> GroupCommit {
    try GroupCommit.start(try LogUnderTest(storage).takeWriter())
  }

  private func submit(
    _ commits: inout GroupCommit, _ batch: consuming LogBatch, _ texts: [String],
    firstSequence: UInt64
  ) throws {
    batch.removeAll()
    for text in texts { try batch.append(facts: Array(text.utf8)) }
    commits.submit(batch, firstSequence: firstSequence, nowMicroseconds: 0)
  }

  /// Waits for the batch that was submitted.
  private func wait(_ commits: inout GroupCommit) throws -> CompletedBatch {
    let poll = try EventPoll()
    try poll.add(EventWord(descriptor: commits.descriptor, generation: 0), for: .readable)
    var events = EventBuffer(capacity: 1)
    while true {
      if let completed = commits.poll() { return completed }
      try poll.wait(timeoutMilliseconds: -1, into: &events)
    }
  }

  @Test func `batches are acknowledged in order, each when it is on the disk`() throws {
    let storage = SimulatedStorage()
    var commits = try start(storage)
    var batch = LogBatch()
    var expected: [String] = []
    for number in 1...20 as ClosedRange<UInt64> {
      try submit(&commits, batch, ["a\(number)", "b\(number)"], firstSequence: number * 2 - 1)
      let completed = try wait(&commits)
      expected += ["a\(number)", "b\(number)"]
      guard case .committed(let commit) = completed.outcome else {
        Issue.record("not committed")
        return
      }
      #expect(commit.lastSequence == number * 2)
      #expect(try texts(in: storage.imageAfterPowerLoss()) == expected)
      batch = completed.takeBatch()
      let count = batch.eventCount
      #expect(count == 2)
    }
    commits.stop()
  }

  @Test func `stopping finishes what was submitted`() throws {
    let storage = SimulatedStorage()
    var commits = try start(storage)
    try submit(&commits, LogBatch(), ["a"], firstSequence: 1)
    commits.stop()
    #expect(try texts(in: storage.imageAfterPowerLoss()) == ["a"])
    let isPolled = commits.poll() != nil
    let isBusy = commits.isBusy
    #expect(isPolled && !isBusy)
    commits.stop()
  }

  @Test func `a full disk refuses the batch, and takes it later`() throws {
    let storage = SimulatedStorage()
    var commits = try start(storage)
    storage.setCapacity(bytes: storage.usedBytes)
    let large = String(repeating: "x", count: 10_000)
    try submit(&commits, LogBatch(), [large], firstSequence: 1)
    let refused = try wait(&commits)
    #expect(refused.outcome == .refused(file: firstSegment))
    storage.setCapacity(bytes: .max)
    commits.submit(refused.takeBatch(), firstSequence: 1, nowMicroseconds: 0)
    let completed = try wait(&commits)
    guard case .committed = completed.outcome else {
      Issue.record("not committed: \(completed.outcome)")
      return
    }
    #expect(try texts(in: storage.imageAfterPowerLoss()) == [large])
  }

  @Test func `after a failure every batch fails`() throws {
    let storage = SimulatedStorage()
    var commits = try start(storage)
    storage.fail(.sync)
    try submit(&commits, LogBatch(), ["a"], firstSequence: 1)
    let first = try wait(&commits)
    let expected = LogError.writeFailed(
      SystemError(.fdatasync, .ioError), file: firstSegment)
    #expect(first.outcome == .failed(expected))
    try submit(&commits, first.takeBatch(), ["b"], firstSequence: 1)
    let second = try wait(&commits)
    #expect(second.outcome == .failed(.poisoned))
  }

  @Test func `submitting twice traps`() async {
    await #expect(processExitsWith: .failure) {
      let storage = SimulatedStorage()
      var commits = try GroupCommit.start(try LogUnderTest(storage).takeWriter())
      for _ in 1...2 {
        var batch = LogBatch()
        try batch.append(facts: [1])
        commits.submit(batch, firstSequence: 1, nowMicroseconds: 0)
      }
    }
  }
}
