// What the server says of itself: COMMAND in the shapes that redis-cli reads, INFO, CONFIG GET,
// LEDGER.STATUS, and what a low role may not see.

import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct CommandDocumentationTests {
  private let ledger: LocalLedger

  init() throws { ledger = try LocalLedger() }

  private var names: [String] { CommandName.allCases.map(\.lowercasedName) }

  @Test func `COMMAND lists ten parts a command, subcommands within`() throws {
    let all = try #require(ledger.reply(words("COMMAND")).elements)
    #expect(all.map { $0.elements?.first?.text } == names)
    for (entry, command) in zip(all, CommandName.allCases) {
      let parts = try #require(entry.elements)
      #expect(parts.count == 10)
      #expect(parts[1] == .integer(Int64(command.arity)))
      guard case .set(let flags) = parts[2] else {
        Issue.record("flags are no set")
        return
      }
      #expect(flags.allSatisfy { if case .simple = $0 { true } else { false } })
      #expect(parts[9].elements?.count == command.specification.subcommands.count)
    }
    #expect(ledger.reply(words("COMMAND INFO")).elements == all)
    #expect(ledger.ask("COMMAND COUNT") == ":\(names.count)")
    #expect(ledger.reply(words("command list")).elements?.map(\.text) == names)
    #expect(ledger.ask("COMMAND INFO nope PING").hasPrefix("[_, [$ping, :-1"))
  }

  @Test func `COMMAND DOCS is a map of maps, and flat lists in RESP2`() throws {
    let docs = try #require(ledger.reply(words("COMMAND DOCS")).pairs)
    #expect(docs.map(\.key.text) == names)
    for (pair, command) in zip(docs, CommandName.allCases) {
      guard case .map = pair.value else {
        Issue.record("no map for \(command)")
        return
      }
      #expect(pair.value.value(for: "summary")?.text == command.specification.summary)
      #expect(pair.value.value(for: "since")?.text == command.specification.since)
      let arguments = pair.value.value(for: "arguments")?.elements?.count ?? 0
      #expect(arguments == command.specification.arguments.count)
    }
    #expect(ledger.reply(words("COMMAND DOCS ping nope client")).pairs?.count == 2)
    #expect(ledger.reply(words("COMMAND DOCS nope")).pairs?.isEmpty == true)
    #expect(ledger.ask("HELLO 2").hasPrefix("["))
    let flat = try #require(ledger.reply(words("COMMAND DOCS")).elements)
    #expect(flat.count == 2 * names.count)
    #expect(flat[1].elements?.first?.text == "summary")
    #expect(flat[0].text == names[0])
  }

  @Test func `a null among lists is a null in both dialects`() {
    #expect(ledger.ask("COMMAND INFO nope") == "[_]")
    #expect(ledger.ask("HELLO 2").hasPrefix("["))
    #expect(ledger.ask("COMMAND INFO nope") == "[_]")
  }

  @Test func `INFO has sections by name`() {
    let all = ledger.ask("INFO")
    for section in ["Server", "Clients", "Memory", "Persistence", "Stats", "Ledger"] {
      #expect(all.contains("# \(section)\r\n"))
      let one = ledger.ask("INFO \(section.uppercased())")
      #expect(one.hasPrefix("=# \(section)\r\n") && one.filter { $0 == "#" }.count == 1)
    }
    #expect(ledger.ask("INFO nope") == "=")
    #expect(ledger.ask("INFO nope everything").hasPrefix("=# Server"))
    #expect(ledger.ask("HELLO 2").hasPrefix("["))
    #expect(ledger.ask("INFO ledger").hasPrefix("$# Ledger\r\ntokens:0\r\n"))
  }

  @Test func `CONFIG GET matches patterns without regard to case`() throws {
    var settings = ServerSettings()
    settings.shown = [("socket-mode", "0600"), ("data", "/d")]
    let ledger = try LocalLedger(settings)
    #expect(ledger.ask("CONFIG GET SOCKET*") == "{$socket-mode: $0600}")
    #expect(ledger.ask("CONFIG GET save appendonly") == "{$save: $, $appendonly: $yes}")
    #expect(ledger.ask("CONFIG GET d?ta d*") == "{$data: $/d, $databases: $1}")
    #expect(ledger.ask("CONFIG GET nope") == "{}")
    #expect(ledger.reply(words("CONFIG GET *")).pairs?.count == 6)
  }

  @Test func `LEDGER.STATUS and LEDGER.DIGEST say what the ledger is`() throws {
    ledger.create("SCOPES a USER u")
    let status = ledger.reply(words("LEDGER.STATUS"))
    #expect(status.value(for: "tokens") == .integer(1))
    #expect(status.value(for: "events") == .integer(2))
    #expect(status.value(for: "writes")?.text == "ok")
    #expect(status.value(for: "now_us") == .integer(LocalLedger.nowSeconds * 1_000_000))
    #expect(status.value(for: "low_water_bytes") == .integer(0))
    guard case .integer(1...) = status.value(for: "free_bytes") else {
      Issue.record("no free bytes: \(status)")
      return
    }
    let digest = ledger.ask("LEDGER.DIGEST")
    #expect(digest.count == 65)
    let again = try LocalLedger(on: ledger.storage.imageAfterPowerLoss())
    #expect(again.ask("LEDGER.DIGEST") == digest)
  }

  @Test func `each role may do what its commands ask for, and no more`() throws {
    let store = try LedgerStore.open(SimulatedStorage(), .small)
    let executor = CommandExecutor(store: store, settings: ServerSettings())
    for role in Role.allCases {
      for command in CommandName.allCases where command != .shutdown {
        let least = abs(command.arity)
        let first = command.specification.subcommands.first?.name.description
        let name = command.specification.name.description
        let rest = Array(repeating: "1", count: least - 1).enumerated().map { index, word in
          index == 0 ? first ?? word : word
        }
        let shown = executor.answer([name] + rest, as: role)
        let needed = max(
          command.role,
          command.specification.subcommands.first { least > 1 && $0.arity == least }?.role
            ?? .none)
        #expect((shown == "-DENIED this needs the role \(needed)") == (role < needed), "\(name)")
      }
      let list = executor.answer(["CLIENT", "LIST"], as: role)
      #expect(list.hasPrefix("-DENIED") == (role < .reader))
      let get = executor.answer(["CONFIG", "GET", "*"], as: role)
      #expect(get.hasPrefix("-DENIED") == (role < .reader))
    }
    #expect(store.eventCount == 1)
  }
}

extension CommandExecutor {
  /// The reply to a request of somebody with a role, shown; empty where it is not given at once.
  fileprivate func answer(_ request: [String], as role: Role) -> String {
    let session = Session(
      number: 1,
      peer: PeerCredentials(process: .current, user: .current, group: .current), groups: [],
      connected: store.now, role: role)
    var writer = RequestWriter()
    writer.write(request)
    let bytes = writer.bytes
    var parser = RequestParser()
    var offset = 0
    var reply = ReplyWriter()
    var scratch = QueryScratch()
    guard case .request = parser.next(bytes.span, at: &offset) else { return "" }
    _ = execute(
      parser.request(in: bytes.span), for: session, on: store.state, with: &scratch, into: &reply)
    return reply.bytes.replies?.first?.shown ?? ""
  }
}
