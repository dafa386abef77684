import TestSupport
import Testing
import TokenLedger

@Suite struct SecretTests {
  private static let planted = "plantedSecret-9f2c"

  private static var secret: Secret {
    Secret(bytes: Array(planted.utf8), digest: SecretDigest(0x00ab_cdef_1122_3344))
  }

  /// Everything that Swift can show of `value` without being asked nicely.
  private static func everyDescription(of value: some Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    let mirror = Mirror(reflecting: value)
    let children = mirror.children.map { "\($0.label ?? "") \($0.value)" }.joined()
    return [dumped, String(describing: value), String(reflecting: value), "\(value)", children]
  }

  private static func expectHidden(_ value: some Any, shows fingerprint: String? = nil) {
    let numbers = Array(planted.utf8).prefix(4).map(String.init)
    for text in everyDescription(of: value) {
      #expect(!text.contains(planted))
      #expect(!text.contains(planted.prefix(5)))
      #expect(!text.contains(numbers.joined(separator: ", ")))
      if let fingerprint { #expect(text.contains(fingerprint)) }
    }
  }

  @Test func `no description of a secret shows a byte of it, each shows its fingerprint`() {
    Self.expectHidden(Self.secret, shows: "00abcdef")
    #expect("\(Self.secret)" == "secret 00abcdef")
  }

  @Test func `nothing that holds a secret shows it`() throws {
    Self.expectHidden([Self.secret])
    Self.expectHidden(Optional(Self.secret))
    Self.expectHidden(SecretInput.secret(Self.secret))
    var token = NewToken(
      character: CharacterID(1), characterName: .sample("Pilot"), ownerHash: .sample("owner"))
    token.access = .secret(Self.secret)
    token.refresh = .secret(Self.secret)
    Self.expectHidden(token)
    let state = LedgerState()
    let decision = try state.decideCreate(token, free: .first, now: .epoch)
    Self.expectHidden(decision)
    guard case .propose(let event, _) = decision else {
      Issue.record("a new token is proposed")
      return
    }
    Self.expectHidden(event)
    Self.expectHidden(event.body)
    #expect(event.secrets.map(\.bytes) == [Array(Self.planted.utf8), Array(Self.planted.utf8)])
  }

  @Test(
    arguments: [
      (0, "00000000"), (1 << 32, "00000001"), (.max, "ffffffff"),
      (0x0123_4567_89ab_cdef, "01234567"),
    ] as [(UInt64, String)])
  func `a fingerprint is the first eight digits, zeros kept`(digest: UInt64, digits: String) {
    #expect(SecretDigest(digest).fingerprint == digits)
  }

  @Test func `what is recorded tells null, empty and present apart`() {
    #expect(SecretInput.null.recorded == .null)
    #expect(SecretInput.empty.recorded == .empty)
    #expect(SecretInput.secret(Self.secret).recorded == .present(Self.secret.digest))
    #expect(RecordedSecret.null.digest == nil && RecordedSecret.empty.digest == nil)
  }

  @Test func `a secret without bytes traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = Secret(bytes: [], digest: SecretDigest(0))
    }
  }
}
