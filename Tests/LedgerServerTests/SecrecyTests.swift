// Planted secrets: whatever is asked, rightly or wrongly, only TOKEN.SECRETS gives them back, and
// no error repeats an argument that might be one.

import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct SecrecyTests {
  private static let access = "pl4nted-access"
  private static let refresh = "pl4nted-refresh"

  private func ledger(_ dialect: Int) throws -> LocalLedger {
    let ledger = try LocalLedger()
    let secrets = "ACCESS \(Self.access) REFRESH \(Self.refresh) SCOPES a KEY k"
    #expect(ledger.create(secrets) == ":1" && ledger.create(secrets) == ":1")
    #expect(ledger.create("\(secrets) USER u").hasPrefix("-CONFLICT"))
    #expect(ledger.create("ACCESS \(Self.access) REFRESH \(Self.refresh)") == ":2")
    #expect(ledger.ask("TOKEN.DELETE 2") == ":1")
    #expect(ledger.ask("HELLO \(dialect)").contains("tokenledger"))
    return ledger
  }

  @Test(arguments: [2, 3])
  func `no reply but that of TOKEN.SECRETS holds a secret`(dialect: Int) throws {
    let ledger = try ledger(dialect)
    let all = TokenField.allCases.map(\.name.description).joined(separator: " ")
    for line in [
      "TOKEN.GET 1", "TOKEN.GET 2", "TOKEN.LOOKUP 1 a", "TOKEN.HISTORY 1", "TOKEN.HISTORY 2 REV",
      "LEDGER.HISTORY", "LEDGER.HISTORY TOKEN 2 REASON * TYPE created",
      "TOKENS.FIND FIELDS \(TokenField.allCases.count) \(all)", "LEDGER.STATUS", "LEDGER.DIGEST",
      "XRANGE ledger - +", "XREVRANGE ledger + -", "XREAD STREAMS ledger 0", "XINFO STREAM ledger",
      "CLIENT LIST", "CLIENT INFO", "INFO", "CONFIG GET *", "COMMAND", "COMMAND DOCS",
      "COMMAND LIST", "TOKEN.SECRETS 2",
    ] {
      let shown = ledger.ask(line)
      #expect(!shown.contains("pl4nted") && !shown.hasPrefix("-"), "\(line)")
    }
    let secrets = ledger.ask("TOKEN.SECRETS 1")
    #expect(secrets.contains(Self.access) && secrets.contains(Self.refresh))
  }

  @Test(arguments: [2, 3])
  func `no error repeats a word that stands where none should`(dialect: Int) throws {
    let ledger = try ledger(dialect)
    let secret = Self.refresh
    for command in CommandName.allCases where command != .echo && command != .ping {
      let name = command.specification.name.description
      let subcommands = command.specification.subcommands.map(\.name.description)
      for start in [[name]] + subcommands.map({ [name, $0] }) {
        for length in 1...12 {
          // The secret at each place, the others being numbers; and everywhere.
          for place in 0..<length {
            var rest = Array(repeating: "1", count: length)
            rest[place] = secret
            expectSilence(ledger, start + rest)
          }
          expectSilence(ledger, start + Array(repeating: secret, count: length))
        }
      }
    }
  }

  @Test func `no error repeats a value behind a right or a wrong keyword`() throws {
    let ledger = try ledger(3)
    let starts = [
      "TOKEN.CREATE CHARACTER 1 NAME A OWNER o", "TOKEN.GRANT 1 a", "TOKEN.DELETE 9",
      "TOKEN.HISTORY 1",
      "TOKENS.FIND", "TOKENS.REQUIRESCOPES a", "TOKENS.GETEXPIRED", "TOKENS.DELETE",
      "XRANGE ledger - +",
      "XREAD", "HELLO 3", "CLIENT", "CONFIG", "COMMAND", "XINFO",
    ]
    for start in starts {
      for keyword in Keyword.allCases {
        for end in ["", " 1", " \(Self.access)", " LIST", " LIST 1", " \(keyword.word) 1"] {
          let line = "\(start) \(keyword.word) \(Self.access)\(end)"
          let shown = ledger.ask(line)
          #expect(!shown.hasPrefix("-") || !shown.contains("pl4nted"), "\(start) \(keyword)\(end)")
        }
      }
    }
  }

  @Test func `a protocol error repeats nothing`() throws {
    for bytes in ["*2\r\n$4\r\nECHO\r\n:pl4nted\r\n", "*1\r\n$pl4nted\r\n", "*pl4nted\r\n"] {
      let server = try ServerUnderTest()
      let client = try server.connect()
      try client.send(bytes: Array(bytes.utf8))
      let shown = try client.reply().shown
      #expect(shown.hasPrefix("-ERR Protocol error") && !shown.contains("pl4nted"))
      #expect(try server.shutDown() == .requested)
    }
  }

  /// Carries out a request; where it is refused, the reply must not hold the secret.
  private func expectSilence(_ ledger: LocalLedger, _ request: [String]) {
    let shown = ledger.ask(request)
    guard shown.hasPrefix("-") else { return }
    #expect(!shown.contains("pl4nted"), "\(request.prefix(2)) of \(request.count) words: \(shown)")
  }
}
