// Refreshing over the socket, as columns of asker and worker: one job a token, fences, leases that
// run out, late outcomes, waits that end otherwise. The clock is set by the test.

import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct RefreshCommandTests {
  private static let start = UnixTime(clampingMicroseconds: 1_795_435_200_000_000)

  private let clock = SettableClock(now: Self.start)
  private let server: ServerUnderTest
  private let asker: TestClient
  private let worker: TestClient

  /// A server with token 1, which expired long ago, and a worker that is known.
  init() throws {
    var options = StoreOptions.small
    options.clock = .settable(clock)
    server = try ServerUnderTest(options: options)
    asker = try server.connect()
    worker = try server.connect()
    #expect(
      try asker.ask(
        "TOKEN.CREATE CHARACTER 7 NAME P OWNER o= ACCESS at USER u REFRESH rt CREATED 0")
        == ":1")
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  private func advance(seconds: Int64) {
    clock.now = UnixTime(clampingMicroseconds: clock.now.microseconds + seconds * 1_000_000)
    clock.advanceMonotonic(microseconds: seconds * 1_000_000)
  }

  /// Waits until the server has looked at everything that was sent before.
  private func settle(_ client: TestClient) throws { #expect(try client.ask("PING") == "+PONG") }

  /// Takes the one job, and gives its fence.
  private func takeJob(_ worker: TestClient) throws -> Int64 {
    try worker.send("REFRESH.TAKE BLOCK 20000")
    let jobs = try #require(try worker.reply().elements)
    #expect(jobs.count == 1)
    #expect(jobs[0].value(for: "token")?.integer == 1)
    return try #require(jobs[0].value(for: "fence")?.integer)
  }

  @Test func `sixty-four who ask for one token make one job`() throws {
    let askers = try (0..<64).map { _ in try server.connect() }
    for asker in askers { try asker.send("TOKEN.ACCESS 1") }
    let fence = try takeJob(worker)
    for asker in askers { try asker.send("PING") }
    #expect(try worker.ask("REFRESH.TAKE COUNT 1000") == "[]")
    #expect(try worker.ask("REFRESH.DONE 1 \(fence) ACCESS new OWNER o=") == ":3")
    for asker in askers {
      #expect(try asker.reply().text == "new")
      #expect(try asker.reply().shown == "+PONG")
    }
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
    #expect(try asker.ask("TOKEN.ACCESS 1") == "$new")
  }

  @Test func `one connection may ask again and again in a pipeline`() throws {
    try asker.send([words("TOKEN.REFRESH 1"), words("TOKEN.REFRESH 1"), words("TOKEN.REFRESH 1")])
    for round in 1...3 {
      let fence = try takeJob(worker)
      #expect(
        try worker.ask("REFRESH.DONE 1 \(fence) ACCESS at\(round)") == ":\(2 * round + 1)")
      #expect(try asker.reply().value(for: "version")?.integer == Int64(2 * round + 1))
    }
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  @Test func `the others go on while one waits`() throws {
    try asker.send("TOKEN.REFRESH 1")
    _ = try takeJob(worker)
    let other = try server.connect()
    #expect(try other.ask("TOKENS.FIND COUNT") == ":1")
  }

  @Test func `without a worker there is an answer at once`() throws {
    try worker.send("QUIT")
    #expect(try worker.isClosedByServer())
    for command in ["TOKEN.ACCESS 1", "TOKEN.REFRESH 1", "TOKENS.REQUIREVALID", "TOKENS.CLEANUP"] {
      #expect(try asker.ask(command).hasPrefix("-NOREFRESHER"), "\(command)")
    }
  }

  @Test func `a wait that is too long ends, and the job goes on`() throws {
    try asker.send("TOKEN.ACCESS 1 TIMEOUT 5000")
    let fence = try takeJob(worker)
    advance(seconds: 5)
    try settle(worker)
    #expect(try asker.reply().shown.hasPrefix("-TIMEOUT"))
    #expect(try worker.ask("REFRESH.DONE 1 \(fence) ACCESS new") == ":3")
    #expect(try asker.ask("TOKEN.ACCESS 1") == "$new")
  }

  @Test func `a job that nobody waits for any more is not handed out`() throws {
    try asker.send("TOKEN.ACCESS 1 TIMEOUT 5000")
    try asker.finishSending()
    #expect(try asker.isClosedByServer())
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  //   worker            other
  //   takes, fence f
  //   is silent         lease over: takes, fence g
  //   done under f ──> refused, told as late
  //                     done under g ──> counts
  @Test func `an outcome after the lease moved on is refused and told`() throws {
    try asker.send("TOKEN.REFRESH 1 TIMEOUT 600000")
    let first = try takeJob(worker)
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
    advance(seconds: 120)
    let other = try server.connect()
    let second = try takeJob(other)
    #expect(second > first)
    #expect(
      try worker.ask("REFRESH.DONE 1 \(first) ACCESS lost REFRESH lost-rt").hasPrefix("-CONFLICT"))
    #expect(try other.ask("REFRESH.DONE 1 \(second) ACCESS new REFRESH new-rt") == ":5")
    #expect(try asker.reply().value(for: "version")?.integer == 5)
    try asker.send("TOKEN.HISTORY 1")
    let history = try asker.reply().shown
    #expect(history.contains("late") && history.contains("attempt, $2"), "\(history)")
    #expect(!history.contains("lost-rt") && !history.contains("new-rt"))
  }

  @Test(arguments: [3, 999_999, Int64.max])
  func `a fence that no event has is refused, and nothing is told`(fence: Int64) throws {
    let history = try asker.ask("TOKEN.HISTORY 1")
    for outcome in ["DONE 1 \(fence) ACCESS x", "FAIL 1 \(fence) CLASS definite CODE x"] {
      #expect(try worker.ask("REFRESH." + outcome).hasPrefix("-CONFLICT"))
    }
    #expect(try asker.ask("TOKEN.HISTORY 1") == history)
  }

  @Test func `a lease survives the daemon, and the worker that has it may still answer`() throws {
    let storage = SimulatedStorage()
    var options = StoreOptions.small
    options.clock = .settable(clock)
    var fence: Int64 = 0
    do {
      let first = try ServerUnderTest(storage, options: options)
      let client = try first.connect()
      _ = try client.ask(
        "TOKEN.CREATE CHARACTER 7 NAME P OWNER o= ACCESS at USER u REFRESH rt CREATED 0")
      let worker = try first.connect()
      #expect(try worker.ask("REFRESH.TAKE") == "[]")
      try client.send("TOKEN.ACCESS 1")
      fence = try takeJob(worker)
      #expect(try first.shutDown() == .requested)
    }
    let second = try ServerUnderTest(storage.imageAfterPowerLoss(), options: options)
    let client = try second.connect()
    let worker = try second.connect()
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
    try client.send("TOKEN.ACCESS 1")
    try settle(worker)
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
    #expect(try worker.ask("REFRESH.DONE 1 \(fence) ACCESS new").hasPrefix(":"))
    #expect(try client.reply().text == "new")
  }

  @Test func `a plain ask never ends a token, one that says so does`() throws {
    try asker.send("TOKEN.REFRESH 1")
    var fence = try takeJob(worker)
    _ = try worker.ask("REFRESH.FAIL 1 \(fence) CLASS definite CODE invalid_grant")
    #expect(try asker.reply().shown.hasPrefix("-TOKENINVALID"))
    #expect(try asker.ask("TOKENS.FIND") == "[:1]")
    try asker.send("TOKEN.REFRESHORDELETE 1")
    fence = try takeJob(worker)
    _ = try worker.ask("REFRESH.FAIL 1 \(fence) CLASS definite CODE invalid_grant")
    #expect(try asker.reply() == .null)
    #expect(try asker.ask("TOKENS.FIND") == "[]")
  }

  @Test func `a cleanup deletes tokens without a user before it waits for refreshes`() throws {
    #expect(try asker.ask("TOKEN.CREATE CHARACTER 8 NAME O OWNER o=") == ":2")
    try asker.send("TOKENS.CLEANUP")
    let fence = try takeJob(worker)
    #expect(try worker.ask("TOKENS.FIND") == "[:1]")
    #expect(try worker.ask("TOKEN.HISTORY 2 REV COUNT 1").contains("$reason, $no user"))
    #expect(try worker.ask("REFRESH.DONE 1 \(fence) ACCESS new") == ":3")
    #expect(try asker.reply().integer == 1)
  }

  @Test func `a token refreshed by somebody else meanwhile ends the wait`() throws {
    try asker.send("TOKEN.ACCESS 1")
    _ = try takeJob(worker)
    let other = try server.connect()
    #expect(try other.ask("TOKEN.DELETE 1") == ":1")
    #expect(try asker.reply().shown.hasPrefix("-NOTFOUND"))
  }

  @Test func `after the disk was full the job is handed out again`() throws {
    let storage = SimulatedStorage()
    let server = try ServerUnderTest(storage)
    let asker = try server.connect()
    _ = try asker.ask(
      "TOKEN.CREATE CHARACTER 7 NAME P OWNER o= ACCESS at USER u REFRESH rt CREATED 0")
    let worker = try server.connect()
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
    storage.setCapacity(bytes: 0)
    // The room that the log has ahead is used up first.
    var filling = 0
    while try asker.ask("TOKEN.GRANT 1 s\(filling)") == ":1", filling < 1000 { filling += 1 }
    #expect(filling < 1000)
    try asker.send("TOKEN.ACCESS 1")
    try worker.send("REFRESH.TAKE BLOCK 20000")
    #expect(try worker.reply().shown.hasPrefix("-DISKFULL"))
    storage.setCapacity(bytes: .max)
    let fence = try takeJob(worker)
    #expect(try worker.ask("REFRESH.DONE 1 \(fence) ACCESS new") == ":\(filling + 3)")
    #expect(try asker.reply().text == "new")
  }

  @Test(arguments: [
    "REFRESH.TAKE COUNT 0", "REFRESH.TAKE COUNT 1001", "REFRESH.TAKE BLOCK -1",
    "REFRESH.TAKE BLOCK 86400001", "TOKEN.ACCESS 1 TIMEOUT 0", "TOKEN.ACCESS 1 TIMEOUT 86400001",
    "TOKEN.ACCESS 1 TIMEOUT 1 TIMEOUT 1", "REFRESH.DONE 1 0 ACCESS a", "REFRESH.DONE 1 1 OWNER a",
    "REFRESH.FAIL 1 1 CLASS refused CODE c", "REFRESH.FAIL 1 1 CLASS definite CODE c CODE d",
    "REFRESH.DONE 1 1 ACCESS a REFRESH r NOREFRESH", "TOKENS.CLEANUP FRACTION 0",
    "TOKENS.BULKREFRESH COUNT",
  ])
  func `what cannot be is refused, and changes nothing`(request: String) throws {
    #expect(try worker.ask(request).hasPrefix("-ERR"), "\(request)")
    #expect(try asker.ask("TOKEN.HISTORY 1 COUNT 2").components == 1)
  }
}

extension String {
  /// How many events a shown history has.
  fileprivate var components: Int { split(separator: "$seq, ").count - 1 }
}
