// Several clients that write at random through the real loop while the disk is full now and then.
// Each reply must fit what that client alone can know, and the log must hold what was acknowledged.

import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct ServerModelTests {
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `what clients were told is what the log holds`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let disk = SimulatedStorage()
    var settings = ServerSettings()
    settings.limits.maximumPendingBytes = 3000
    settings.limits.maximumUnsentBytes = 2000
    let server = try ServerUnderTest(disk, settings)
    let clients = try (0..<5).map { number in
      OwnTokens(try server.connect(), number: number)
    }
    for round in 1...15 {
      disk.setCapacity(bytes: round % 5 == 4 ? disk.usedBytes : .max)
      for client in clients { try client.send(&generator) }
      for client in clients { try client.check("seed \(seed), round \(round)") }
    }
    disk.setCapacity(bytes: .max)
    for client in clients { try client.expectAll() }
    let digest = try server.connect().ask("LEDGER.DIGEST")
    #expect(try server.shutDown() == .requested)
    let again = try ServerUnderTest(disk.imageAfterPowerLoss(), settings)
    #expect(try again.connect().ask("LEDGER.DIGEST") == digest)
    #expect(try again.shutDown() == .requested)
  }

  @Test func `writes beyond the pending limit wait, and all are carried out`() throws {
    let gate = GatedStorage(SimulatedStorage())
    var settings = ServerSettings()
    settings.limits.maximumPendingBytes = 1000
    let server = try ServerUnderTest(gate, settings)
    let clients = try (1...3).map { _ in try server.connect() }
    gate.shut()
    defer { gate.open() }
    for client in clients {
      try client.send((1...100).map { words("TOKEN.CREATE CHARACTER \($0) NAME A OWNER o") })
    }
    #expect(gate.waitForCall())
    #expect(try server.connect().ask("TOKENS.FIND COUNT") == ":0")
    gate.open()
    var ids: Set<String> = []
    for client in clients { ids.formUnion(try client.replies(100)) }
    #expect(ids == Set((1...300).map { ":\($0)" }))
    #expect(try server.shutDown() == .requested)
  }
}

/// A client, and what it knows of the tokens that it alone writes to.
private final class OwnTokens {
  private enum Request {
    case create
    case grant(Int64)
    case delete(Int64)
    case read(Int64)
    case count
  }

  private let client: TestClient
  private let character: Int
  /// Version of each live token.
  private var versions: [Int64: Int64] = [:]
  private var sent: [Request] = []

  init(_ client: TestClient, number: Int) {
    self.client = client
    character = number + 1
  }

  func send(_ generator: inout SeededGenerator) throws {
    sent = (0..<40).map { _ in
      let id = versions.keys.sorted().randomElement(using: &generator)
      switch (generator.next() % 6, id) {
      case (0, _), (_, nil): return .create
      case (1, let id?), (2, let id?): return .grant(id)
      case (3, let id?): return .delete(id)
      case (4, let id?): return .read(id)
      default: return .count
      }
    }
    let secret = String(repeating: "x", count: Int(generator.next() % 3000))
    try client.send(
      sent.enumerated().map { index, request in
        switch request {
        case .create: words("TOKEN.CREATE CHARACTER \(character) NAME A OWNER o ACCESS \(secret)")
        case .grant(let id): words("TOKEN.GRANT \(id) s\(generator.next())-\(index)")
        case .delete(let id): words("TOKEN.DELETE \(id)")
        case .read(let id): words("TOKENS.FIND IDS 1 \(id) FIELDS 1 version")
        case .count: words("TOKENS.FIND CHARACTER \(character) COUNT")
        }
      })
  }

  /// Reads the replies to what was sent, and follows them.
  func check(_ comment: Comment) throws {
    for request in sent {
      let shown = try client.reply().shown
      let isRefused = shown.hasPrefix("-DISKFULL")
      switch request {
      case .create where isRefused, .grant where isRefused, .delete where isRefused: break
      case .create:
        let id = Int64(shown.dropFirst())
        #expect(id.map { versions[$0] == nil } == true, comment)
        if let id { versions[id] = 1 }
      case .grant(let id):
        #expect(
          shown == (versions[id] == nil ? "-NOTFOUND no token has the id \(id)" : ":1"), comment)
        versions[id]? += 1
      case .delete(let id):
        #expect(shown == (versions.removeValue(forKey: id) == nil ? ":0" : ":1"), comment)
      case .read(let id):
        #expect(shown == (versions[id].map { "[[:\($0)]]" } ?? "[]"), comment)
      case .count: #expect(shown == ":\(versions.count)", comment)
      }
    }
  }

  /// Compares every token with what is known of it.
  func expectAll() throws {
    let rows = versions.sorted { $0.key < $1.key }.map { "[:\($0.key), :\($0.value)]" }
    let found = try client.ask("TOKENS.FIND CHARACTER \(character) FIELDS 2 id version")
    #expect(found == "[\(rows.joined(separator: ", "))]")
  }
}
