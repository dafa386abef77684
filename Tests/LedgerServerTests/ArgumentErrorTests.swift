// Every way to ask wrongly: a word too few or too many, twice the same, of the wrong kind, out of
// range, not text. Each is answered with its prefix, and nothing is written.

import TestSupport
import Testing

@testable import LedgerServer

@Suite struct ArgumentErrorTests {
  private let ledger: LocalLedger

  init() throws {
    ledger = try LocalLedger()
    ledger.create("SCOPES a")
  }

  @Test func `every command asks for its number of words`() {
    for command in CommandName.allCases {
      let specification = command.specification
      let name = specification.name.description
      let words = { (count: Int) in [name] + Array(repeating: "1", count: count - 1) }
      let error = "-ERR wrong number of arguments for '\(name.lowercased())' command"
      let least = abs(specification.arity)
      if least > 1 { #expect(ledger.ask(words(least - 1)) == error) }
      if specification.arity > 0 { #expect(ledger.ask(words(least + 1)) == error) }
      for subcommand in specification.subcommands {
        let first = [name, subcommand.name.description]
        let error =
          "-ERR wrong number of arguments for '\(name.lowercased())|"
          + "\(subcommand.name.description.lowercased())' command"
        let least = abs(subcommand.arity)
        if least > 2 {
          #expect(ledger.ask(first + Array(repeating: "1", count: least - 3)) == error)
        }
        if subcommand.arity > 0 {
          #expect(ledger.ask(first + Array(repeating: "1", count: least - 1)) == error)
        }
      }
    }
    #expect(ledger.ask("PING a b") == "-ERR wrong number of arguments for 'ping' command")
    #expect(ledger.ask("XLEN ledger") == ":2")
  }

  @Test func `an unknown name is shown as far as it is harmless`() {
    #expect(ledger.ask("NOPE") == "-ERR unknown command 'NOPE'")
    #expect(ledger.ask("") == "-ERR unknown command ''")
    #expect(ledger.ask(["a'b\r\n\u{e9}"]) == "-ERR unknown command 'a?b????'")
    let long = String(repeating: "x", count: 1000)
    #expect(ledger.ask(long) == "-ERR unknown command '\(long.prefix(64))'")
    for command in ["CLIENT", "COMMAND", "CONFIG", "XINFO"] {
      #expect(
        ledger.ask("\(command) pl4nted x")
          == "-ERR unknown subcommand. Try COMMAND DOCS \(command).")
    }
  }

  @Test(arguments: [
    ("NAME A OWNER o USER u", "ERR syntax error: CHARACTER is missing"),
    ("CHARACTER 1 OWNER o USER u", "ERR syntax error: NAME is missing"),
    ("CHARACTER 1 NAME A USER u", "ERR syntax error: OWNER is missing"),
    ("CHARACTER 1 NAME A OWNER o USER", "ERR syntax error: USER is missing"),
    ("CHARACTER 1 NAME A OWNER o SCOPES", "ERR syntax error: SCOPES is missing"),
    ("CHARACTER 1 NAME A OWNER o SCOPES LIST", "ERR syntax error: LIST is missing"),
    (
      "CHARACTER 1 NAME A OWNER o SCOPES LIST 2 a",
      "ERR LIST is not the number of words that follow"
    ),
    (
      "CHARACTER 1 NAME A OWNER o SCOPES LIST -1", "ERR LIST is not the number of words that follow"
    ),
    ("CHARACTER 1 NAME A OWNER o SCOPES LIST x", "ERR LIST is not an integer or out of range"),
    ("CHARACTER 1 NAME A OWNER o SCOPES LIST 1 ", "ERR SCOPES must be names that are not empty"),
    ("CHARACTER x NAME A OWNER o", "ERR CHARACTER is not an integer or out of range"),
    (
      "CHARACTER 9223372036854775808 NAME A OWNER o",
      "ERR CHARACTER is not an integer or out of range"
    ),
    ("CHARACTER 1.0 NAME A OWNER o", "ERR CHARACTER is not an integer or out of range"),
    ("CHARACTER  NAME A OWNER o", "ERR CHARACTER is not an integer or out of range"),
    ("CHARACTER 1 NAME A OWNER o ID 0", "ERR ID is not an id: a number from 1"),
    ("CHARACTER 1 NAME A OWNER o ID -1", "ERR ID is not an id: a number from 1"),
    ("CHARACTER 1 NAME A OWNER o ID x", "ERR ID is not an integer or out of range"),
    ("CHARACTER 1 NAME A OWNER o TYPE alliance", "ERR TYPE is not character or corporation"),
    (
      "CHARACTER 1 NAME A OWNER o CREATED noon",
      "ERR CREATED is not a time: RFC 3339 or unix seconds"
    ),
    (
      "CHARACTER 1 NAME A OWNER o CREATED 1.1234567",
      "ERR CREATED is not a time: RFC 3339 or unix seconds"
    ),
    ("CHARACTER 1 NAME A OWNER o SSOVERSION 32768", "ERR SSOVERSION is not between 0 and 32767"),
    ("CHARACTER 1 NAME A OWNER o SSOVERSION -1", "ERR SSOVERSION is not between 0 and 32767"),
    ("CHARACTER 1 NAME A OWNER o KEY ", "ERR KEY must be a key that is not empty"),
    (
      "CHARACTER 1 NAME A OWNER o EXPECT 1",
      "ERR syntax error: a keyword of TOKEN.CREATE was expected"
    ),
    (
      "CHARACTER 1 NAME A OWNER o pl4nted",
      "ERR syntax error: a keyword of TOKEN.CREATE was expected"
    ),
    ("CHARACTER 1 NAME A NAME B OWNER o", "ERR syntax error: NAME is given twice"),
  ])
  func `TOKEN.CREATE says what is wrong`(rest: String, error: String) {
    #expect(ledger.ask("TOKEN.CREATE \(rest)") == "-\(error)")
    #expect(ledger.ask("XLEN ledger") == ":2")
  }

  @Test(arguments: [
    "CHARACTER 2", "NAME B", "OWNER p", "TYPE character", "USER u", "ACCESS a", "REFRESH r",
    "SCOPES a", "CREATED 1", "ID 9", "SSOVERSION 2", "KEY k", "REASON r",
  ])
  func `a keyword of TOKEN.CREATE stands once`(pair: String) {
    let keyword = pair.prefix { $0 != " " }
    #expect(
      ledger.create("\(pair) \(pair.lowercased())")
        == "-ERR syntax error: \(keyword) is given twice")
    #expect(ledger.ask("XLEN ledger") == ":2")
  }

  @Test(arguments: [
    ("TOKEN.GET x", "ERR the token is not an integer or out of range"),
    ("TOKEN.GET 0", "ERR the token is not an id: a number from 1"),
    ("TOKEN.SECRETS -1", "ERR the token is not an id: a number from 1"),
    ("TOKEN.LOOKUP x a", "ERR CHARACTER is not an integer or out of range"),
    ("TOKEN.LOOKUP 1 a b", "ERR syntax error: a keyword of TOKEN.LOOKUP was expected"),
    ("TOKEN.LOOKUP 1 LIST", "ERR syntax error: LIST is missing"),
    ("TOKEN.GRANT 1 b EXPECT", "ERR syntax error: EXPECT is missing"),
    ("TOKEN.GRANT 1 b EXPECT -1", "ERR EXPECT is not between 0 and 4294967295"),
    ("TOKEN.GRANT 1 b EXPECT 4294967296", "ERR EXPECT is not between 0 and 4294967295"),
    ("TOKEN.GRANT 1 b EXPECT 1 EXPECT 1", "ERR syntax error: EXPECT is given twice"),
    ("TOKEN.GRANT 1 b REASON r REASON r", "ERR syntax error: REASON is given twice"),
    ("TOKEN.GRANT 1 b KEY k", "ERR syntax error: a keyword of TOKEN.GRANT was expected"),
    ("TOKEN.GRANT 9 b", "NOTFOUND no token has the id 9"),
    ("TOKEN.GRANT 9 LIST 1 ", "ERR SCOPES must be names that are not empty"),
    ("TOKEN.DELETE 1 REASON", "ERR syntax error: REASON is missing"),
    ("TOKEN.DELETE 1 SCOPES a", "ERR syntax error: a keyword of TOKEN.DELETE was expected"),
    ("TOKEN.HISTORY 9", "NOTFOUND no token has the id 9"),
    ("TOKEN.HISTORY 1 COUNT", "ERR syntax error: COUNT is missing"),
    ("TOKEN.HISTORY 1 COUNT -1", "ERR COUNT is not between 0 and 9223372036854775807"),
    ("TOKEN.HISTORY 1 LIMIT 1", "ERR syntax error: a keyword of TOKEN.HISTORY was expected"),
    ("TOKENS.FIND a", "ERR syntax error: a keyword of TOKENS.FIND was expected"),
    ("TOKENS.FIND REASON r", "ERR syntax error: a keyword of TOKENS.FIND was expected"),
    ("TOKENS.FIND CHARACTER", "ERR syntax error: CHARACTER is missing"),
    ("TOKENS.FIND IDS 2 1", "ERR IDS is not the number of words that follow"),
    ("TOKENS.FIND IDS 1 0", "ERR an id is not an id: a number from 1"),
    ("TOKENS.FIND IDS 99999999999", "ERR IDS is not the number of words that follow"),
    ("TOKENS.FIND TYPE x", "ERR TYPE is not character or corporation"),
    ("TOKENS.FIND EQUIVALENT 9", "NOTFOUND no token has the id 9"),
    (
      "TOKENS.FIND COUNT EXISTS",
      "ERR syntax error: COUNT, EXISTS, FIRST and FIELDS exclude each other"
    ),
    (
      "TOKENS.FIND COUNT COUNT",
      "ERR syntax error: COUNT, EXISTS, FIRST and FIELDS exclude each other"
    ),
    (
      "TOKENS.FIND FIRST FIELDS 1 id",
      "ERR syntax error: COUNT, EXISTS, FIRST and FIELDS exclude each other"
    ),
    ("TOKENS.FIND AFTER", "ERR syntax error: AFTER is missing"),
    ("TOKENS.FIND AFTER x", "ERR AFTER is not an integer or out of range"),
    ("TOKENS.FIND AFTER 1 AFTER 1", "ERR syntax error: AFTER is given twice"),
    ("TOKENS.FIND LIMIT -1", "ERR LIMIT is not between 0 and 9223372036854775807"),
    ("TOKENS.FIND LIMIT 1 LIMIT 1", "ERR syntax error: LIMIT is given twice"),
    ("TOKENS.FIND FIELDS 2 id", "ERR FIELDS is not the number of words that follow"),
    ("TOKENS.DELETE REASON r", "ERR syntax error: a filter is missing"),
    ("TOKENS.DELETE COUNT", "ERR syntax error: a keyword of TOKENS.DELETE was expected"),
    ("TOKENS.DELETE EXPIRED REASON r REASON r", "ERR syntax error: REASON is given twice"),
    ("XRANGE ledger - x", "ERR Invalid stream ID specified as stream command argument"),
    ("XRANGE ledger 1-2-3 +", "ERR Invalid stream ID specified as stream command argument"),
    ("XRANGE ledger -1 +", "ERR Invalid stream ID specified as stream command argument"),
    ("XRANGE ledger ( +", "ERR Invalid stream ID specified as stream command argument"),
    ("XRANGE ledger - + COUNT", "ERR syntax error"),
    ("XRANGE ledger - + COUNT x", "ERR value is not an integer or out of range"),
    ("XRANGE ledger - + LIMIT 1", "ERR syntax error"),
    ("XREAD COUNT 1 BLOCK 1", "ERR syntax error"),
    ("XREAD BLOCK -1 STREAMS ledger 0", "ERR timeout is negative"),
    (
      "XREAD STREAMS ledger ledger 0",
      "ERR Unbalanced XREAD list of streams: for each stream key an"
        + " ID or '$' must be specified."
    ),
    (
      "XREAD COUNT 1 STREAMS ledger",
      "ERR Unbalanced XREAD list of streams: for each stream key an"
        + " ID or '$' must be specified."
    ),
    ("XREAD STREAMS ledger x", "ERR Invalid stream ID specified as stream command argument"),
    ("XINFO STREAM other", "ERR no such key"),
    ("SELECT 1", "ERR DB index is out of range"),
    ("SELECT x", "ERR the database is not an integer or out of range"),
    ("HELLO 4", "NOPROTO unsupported protocol version"),
    ("HELLO 3 AUTH a b", "ERR syntax error: a keyword of HELLO was expected"),
    ("HELLO 3 SETNAME", "ERR syntax error: the name is missing"),
    ("CLIENT SETINFO LIB-X a", "ERR syntax error: a keyword of CLIENT was expected"),
  ])
  func `a wrong request gets its own words`(line: String, error: String) {
    #expect(ledger.ask(line) == "-\(error)")
    #expect(ledger.ask("XLEN ledger") == ":2")
  }

  @Test func `an unknown field is answered with the known ones`() {
    let error = ledger.ask("TOKENS.FIND FIELDS 1 access_token")
    #expect(error == "-ERR FIELDS is not one of \(TokenField.list)")
    #expect(ledger.ask("TOKENS.FIND FIELDS 1 ID") == "[[:1]]")
  }

  @Test(arguments: [
    [0xff], [0x61, 0x00], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
  ])
  func `bytes that are no text are refused wherever text is due`(bytes: [UInt8]) {
    let before = ["TOKEN.CREATE", "CHARACTER", "1", "NAME", "A", "OWNER", "o"].map {
      Array($0.utf8)
    }
    for keyword in ["USER", "ACCESS", "REFRESH", "SCOPES", "KEY", "REASON"] {
      let shown = ledger.reply(before + [Array(keyword.utf8), bytes]).shown
      #expect(shown == "-ERR \(keyword) is not valid UTF-8 without U+0000")
    }
    for (line, what) in [
      ("TOKENS.FIND USER", "USER"), ("TOKENS.FIND OWNER", "OWNER"),
      ("TOKENS.FIND SCOPES", "SCOPES"),
      ("TOKENS.FIND EXACTLY LIST 1", "a scope"), ("TOKEN.LOOKUP 1", "SCOPES"),
      ("TOKEN.GRANT 1 LIST 1", "a scope"), ("TOKEN.DELETE 1 REASON", "REASON"),
      ("CLIENT SETNAME", "the name"), ("INFO", "a section"), ("CONFIG GET", "a pattern"),
    ] {
      let shown = ledger.reply(words(line) + [bytes]).shown
      #expect(shown == "-ERR \(what) is not valid UTF-8 without U+0000", "\(line)")
    }
    #expect(ledger.ask("XLEN ledger") == ":2")
  }

  @Test(arguments: ["", " ", "a b", "a\n", "\u{e9}", "a\u{7f}"])
  func `a client's name is of printable ASCII without blanks, or empty`(name: String) {
    let error = "-ERR Client names cannot contain spaces, newlines or special characters."
    #expect(ledger.ask(["CLIENT", "SETNAME", name]) == (name.isEmpty ? "+OK" : error))
    #expect(ledger.ask("CLIENT GETNAME") == "_")
  }

  @Test func `a greeting that fails changes nothing`() {
    #expect(ledger.ask(["HELLO", "2", "SETNAME", "a b"]).hasPrefix("-ERR Client names"))
    #expect(ledger.ask(["HELLO", "2", "SETNAME", "good", "SETNAME"]).hasPrefix("-ERR"))
    #expect(ledger.ask("CLIENT GETNAME") == "_")
    #expect(ledger.ask("HELLO").hasPrefix("{$server: $tokenledger"))
  }
}
