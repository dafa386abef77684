import Testing

@testable import LedgerCommand

@Suite struct LedgerPlaceTests {
  @Test(arguments: [
    (["status"], [:], LedgerPlace.nearby(directory: "./ledger")),
    (["status"], ["TOKENLEDGER_DATA": "/d"], .directory("/d")),
    (["status"], ["TOKENLEDGER_SOCKET": "/s", "TOKENLEDGER_DATA": "/d"], .socket("/s")),
    (["status"], ["TOKENLEDGER_SOCKET": ""], .nearby(directory: "./ledger")),
    (["status", "--data", "x"], ["TOKENLEDGER_SOCKET": "/s"], .directory("x")),
    (["status", "--socket", "x"], ["TOKENLEDGER_DATA": "/d"], .socket("x")),
  ])
  func `flags come before the environment, and that before what lies nearby`(
    _ words: [String], _ environment: [String: String], _ place: LedgerPlace
  ) throws {
    guard case .run(let arguments) = try ArgumentParser.parse(words) else { return }
    #expect(LedgerPlace(arguments, environment: environment) == place)
  }
}
