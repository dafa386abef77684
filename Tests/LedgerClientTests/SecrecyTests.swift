import LedgerClient
import LinuxIO
import RESP
import Testing

struct SecrecyTests {
  private static let planted = "pl4nted-s3cret"

  /// Everything that can be printed of a value.
  private static func prints<Value>(_ value: Value) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(value)" + String(reflecting: value) + dumped
  }

  private static var creation: TokenCreation {
    var creation = TokenCreation(characterID: 1, characterName: "n", ownerHash: "o")
    creation.accessToken = HiddenText(planted)
    creation.refreshToken = HiddenText(planted)
    return creation
  }

  @Test func `a creation can be printed without showing its tokens`() {
    let printed = Self.prints(Self.creation)
    #expect(printed.contains("(redacted)"))
    #expect(!printed.contains(Self.planted))
  }

  @Test func `a ledger that repeats a token in an error does not get it into ours`() throws {
    let reply = bytes("-ERR bad value '\(Self.planted)' of ACCESS\r\n")
    try ScriptedLedger.run({ _ in reply }) { connection, _ in
      let error = clientError { () throws(ClientError) in
        _ = try connection.create(Self.creation)
      }
      #expect(error?.description == "ERR bad value '(redacted)' of ACCESS")
      #expect(!Self.prints(error).contains(Self.planted))
      #expect(!Self.prints(connection).contains(Self.planted))
    }
  }

  @Test func `no failure of a connection shows what was on its way`() throws {
    for reply in ["?\(Self.planted)\r\n", "+\(Self.planted)\r\n", ":\(Self.planted)\r\n"] {
      let reply = bytes(reply)
      try ScriptedLedger.run({ _ in reply }) { connection, _ in
        let error = clientError { () throws(ClientError) in
          _ = try connection.create(Self.creation)
        }
        #expect(error != nil)
        #expect(!Self.prints(error).contains(Self.planted))
      }
    }
  }
}

struct ClientErrorTests {
  @Test(
    arguments: [
      (.timeout, "the ledger did not answer in time", true),
      (.connectionClosed, "the ledger closed the connection", true),
      (
        .unreachable(SystemError(.connect, .connectionRefused)),
        "ledger not reachable: connect: Connection refused (ECONNREFUSED)", true
      ),
      (
        .protocolViolation(.missingLineEnd),
        "unusable answer of the ledger: Protocol error: expected CR LF", false
      ),
      (
        .server(ServerError(prefix: "NOTFOUND", message: "no token 7")), "NOTFOUND no token 7",
        false
      ),
      (.server(ServerError(prefix: "LOADING", message: "")), "LOADING", true),
      (.server(ServerError(prefix: "DISKFULL", message: "x")), "DISKFULL x", true),
      (
        .unexpectedReply(command: "TOKEN.GET"),
        "the ledger answered TOKEN.GET with another kind of reply", false
      ),
    ] as [(ClientError, String, Bool)])
  func `an error has words, and says whether trying again makes sense`(
    error: ClientError, words: String, isTransient: Bool
  ) {
    #expect(error.description == words)
    #expect(error.isTransient == isTransient)
  }
}
