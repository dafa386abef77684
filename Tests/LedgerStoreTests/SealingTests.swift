// Secrets in a data directory: sealed under its keys, unreadable without them, told apart from what
// somebody else put there.

import EventLog
import Foundation
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@testable import LedgerStore

@Suite struct SealingTests {
  private static let access = "pl4nted-access-token"
  private static let refresh = "pl4nted-refresh-token"

  private func open(_ path: String, _ keys: KeySource = .inDirectory) throws -> LedgerStore {
    var options = StoreOptions.small()
    options.keys = keys
    return try LedgerStore.open(path, options)
  }

  /// Makes a ledger with one token.
  private func makeLedger(_ path: String, _ keys: KeySource = .inDirectory) throws {
    let store = try open(path, keys)
    try store.create(1, access: Self.access, refresh: Self.refresh)
    try store.commit()
  }

  private func logBytes(_ path: String) throws -> [(name: String, bytes: [UInt8])] {
    try Directory.open("\(path)/log").names().sorted().map { name in
      (name, try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path)/log/\(name)"))))
    }
  }

  private func holds(_ path: String, _ text: String) throws -> Bool {
    try logBytes(path).contains {
      String(decoding: $0.bytes, as: Unicode.ASCII.self).contains(text)
    }
  }

  @Test func `secrets are sealed in the log, and read back after a start`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    try makeLedger(path)
    #expect(try !holds(path, "pl4nted"))
    let again = try open(path)
    #expect(try again.secrets(of: .first) == [Self.access, Self.refresh])
    let key = try #require(try FileSystem.status(of: "\(path)/ledger.key"))
    #expect(key.permissions == .ownerOnly)
    #expect(again.keyIDs.count == 1)
  }

  @Test func `without its key a ledger answers everything but secrets`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    try makeLedger(path)
    let id = try open(path).keyIDs[0]
    try FileSystem.remove("\(path)/ledger.key")
    let store = try open(path)
    #expect(store.tokenIDs == [1] && store.keyIDs != [id])
    #expect(throws: StoreError.unknownKey(id, sequence: EventSequence(2))) {
      try store.secrets(of: .first)
    }
    let other = try store.create(2, access: "new")
    try store.commit()
    #expect(try store.secrets(of: other) == ["new", nil])
  }

  @Test func `a new key seals, and the old one still opens`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    try makeLedger(path)
    let store = try open(path)
    let old = store.keyIDs
    try KeyFile.addKey(inDirectory: path)
    try store.rereadKeys()
    #expect(store.keyIDs.count == 2 && store.keyIDs.starts(with: old))
    let other = try store.create(2, access: "sealed anew")
    try store.commit()
    #expect(try store.secrets(of: .first) == [Self.access, Self.refresh])
    #expect(try store.secrets(of: other) == ["sealed anew", nil])
    let id = try #require(store.keyIDs.last).bytes
    let bytes = try logBytes(path).flatMap(\.bytes)
    #expect(bytes.indices.contains { bytes[$0...].starts(with: [1] + id) })
  }

  @Test func `plain secrets of an older log are still read, and compacted like others`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    try makeLedger(path, .none)
    #expect(try holds(path, "pl4nted"))
    let store = try open(path)
    #expect(try store.secrets(of: .first) == [Self.access, Self.refresh])
    try store.refresh(.first, access: "a", refresh: "b")
    try store.commit()
    try store.refresh(.first, access: "c")
    try store.commit()
    _ = try store.compact(CompactionRequest(.dead, origin: .test))
    #expect(try !holds(path, "pl4nted"))
    #expect(try store.secrets(of: .first) == ["c", "b"])
  }

  @Test func `a sealed secret opens in its place only`() throws {
    let key = try #require(LedgerKey([UInt8](repeating: 7, count: 32)))
    var sealer = try SecretSealer(KeyRing(key))
    let secret = Secret(
      bytes: Array("secret".utf8), digest: SecretDigest(hashing: Array("secret".utf8).span))
    let place = SecretBinding(sequence: EventSequence(5), token: .first, tag: 1, section: 0)
    let section = sealer.section(of: secret, place)
    func opened(_ bytes: [UInt8], _ place: SecretBinding) -> [UInt8]? {
      // Safe: a span of bytes has no padding.
      let found = sealer.open(unsafe bytes.span.bytes, place)
      return if case .secret(let bytes) = found { bytes } else { nil }
    }
    #expect(opened(section, place) == Array("secret".utf8))
    let elsewhere = [
      SecretBinding(sequence: EventSequence(6), token: .first, tag: 1, section: 0),
      SecretBinding(sequence: EventSequence(5), token: .sample(2), tag: 1, section: 0),
      SecretBinding(sequence: EventSequence(5), token: .first, tag: 4, section: 0),
      SecretBinding(sequence: EventSequence(5), token: .first, tag: 1, section: 1),
    ]
    for other in elsewhere { #expect(opened(section, other) == nil) }
    for index in section.indices {
      var changed = section
      changed[index] ^= 0x80
      #expect(opened(changed, place) == nil)
    }
    for count in 0..<section.count { #expect(opened(Array(section.prefix(count)), place) == nil) }
  }

  @Test func `no two sections share their nonce, in one run or in two`() throws {
    let key = try #require(LedgerKey([UInt8](repeating: 7, count: 32)))
    var nonces: Set<[UInt8]> = []
    let secret = Secret(bytes: [1], digest: SecretDigest(1))
    let place = SecretBinding(sequence: EventSequence(5), token: .first, tag: 1, section: 0)
    for _ in 0..<5 {
      var sealer = try SecretSealer(KeyRing(key))
      for _ in 0..<100 {
        let section = sealer.section(of: secret, place)
        nonces.insert(Array(section[5..<SecretSealer.headSizeBytes]))
      }
    }
    #expect(nonces.count == 500)
  }

  @Test(
    arguments: [
      ("key 00000000 00", KeyFileProblem.malformed(line: 1)),
      ("# nothing\n", .empty),
      ("", .empty),
      ("# c\nkey 00000000 " + String(repeating: "ab", count: 32), .wrongID(line: 2)),
      ("word", .malformed(line: 1)),
    ] as [(String, KeyFileProblem)])
  func `a key file that is none is refused`(text: String, problem: KeyFileProblem) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("keys")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileDescriptor.open(path, .readWrite).setPermissions(.ownerOnly)
    #expect(throws: StoreError.keyFile(problem, path: path)) { try KeyFile.read(path) }
    #expect(throws: StoreError.keyFile(problem, path: path)) {
      try open(directory.file("data"), .file(path))
    }
  }

  @Test func `a key file that others may read is refused`() throws {
    let directory = try TemporaryDirectory()
    try KeyFile.addKey(inDirectory: directory.path)
    let path = directory.file(KeyFile.name)
    try FileDescriptor.open(path, .readWrite).setPermissions(FilePermissions(rawValue: 0o640))
    #expect(throws: StoreError.keyFile(.readableByOthers, path: path)) { try KeyFile.read(path) }
  }

  @Test func `a named key file must be there`() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: StoreError.self) {
      try open(directory.file("data"), .file(directory.file("missing")))
    }
  }
}
