import Foundation
import TestSupport
import Testing
import TokenLedger

/// The worked example of schema/events.md section 5, read from the page itself.
@Suite struct WorkedExampleTests {
  private static let example = Event(
    sequence: EventSequence(1), id: EventID(milliseconds: 1_795_435_200_000, counter: 0),
    token: .sample(7), actor: .peer(uid: 1000, pid: 42, clientName: nil),
    body: .created(
      .sample(
        character: 95_465_499, name: "Pilot", owner: "o=", user: "1", scopes: ["a.b"],
        created: 1_795_435_200_000_000, access: .present(SecretDigest(0xb1d6_b91b_67c2_afa5)))))

  /// The bytes at the beginning of each line of the section's first block.
  private static func bytesOfPage() throws -> [UInt8] {
    let file = Fixtures.repository.appendingPathComponent("schema/events.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    let section = try #require(page.components(separatedBy: "## 5. Worked example").last)
    let block = try #require(section.components(separatedBy: "```").dropFirst().first)
    return block.split(separator: "\n").flatMap { line in
      line.split(separator: " ").prefix { $0.utf8.count == 2 }.compactMap { UInt8($0, radix: 16) }
    }
  }

  @Test func `the bytes of the page are the event that it describes`() throws {
    let bytes = try Self.bytesOfPage()
    #expect(bytes.count == 55)
    #expect(decode(bytes, at: EventSequence(1)) == .success(Self.example))
  }

  @Test func `the event that the page describes is encoded to the bytes of the page`() throws {
    #expect(try Self.bytesOfPage() == Self.example.facts)
    #expect(Self.example.sectionCount == 1)
  }
}
