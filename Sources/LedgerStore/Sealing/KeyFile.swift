// The file with a ledger's keys: read, made at the first start, and given a new key. It is written
// under another name, synced and renamed, so that a crash leaves the old one or the new one whole.
// Invariant: no key seals before the file that holds it is on the disk.

import CryptoPrimitives
import EventLog
import LinuxIO

/// Where the keys of a ledger are.
public enum KeySource: Hashable, Sendable {
  /// Nowhere: secrets are written as they are, and only plain ones are read.
  case none
  /// In `ledger.key` in the data directory; made if it is not there.
  case inDirectory
  /// In a file that must be there; the one in the data directory, if there is one, opens too.
  case file(String)
}

/// Key files.
public enum KeyFile {
  /// The name of the key file in a data directory.
  public static let name = "ledger.key"
  /// The largest key file.
  static let maximumBytes: Int64 = 256 * 1024

  /// Reads the file at `path`; nil when there is none.
  ///
  /// - Throws: `keyFile` for what is no key file, `directory` for what cannot be read.
  public static func read(_ path: String) throws(StoreError) -> KeyRing? {
    let status: FileStatus?
    do throws(SystemError) { status = try FileSystem.status(of: path) } catch {
      throw .directory(error, path: path)
    }
    guard let status else { return nil }
    guard status.kind == .regular, status.sizeBytes <= maximumBytes
    else { throw .keyFile(.notAKeyFile, path: path) }
    guard status.permissions.rawValue & 0o077 == 0
    else { throw .keyFile(.readableByOthers, path: path) }
    var text: [UInt8]
    do throws(SystemError) {
      let file = try FileDescriptor.open(path, .readOnly, .noFollow)
      text = try file.bytes(at: 0, count: Int(status.sizeBytes))
    } catch {
      throw .directory(error, path: path)
    }
    defer { text.wipe() }
    do throws(KeyFileProblem) { return try KeyRing(text: text) } catch {
      throw .keyFile(error, path: path)
    }
  }

  /// Adds a new key to the file in `directory`, which is made if it is not there.
  ///
  /// - Parameters:
  ///   - path: The file's directory.
  ///   - name: The file's name.
  /// - Returns: The keys with the new one, which are on the disk.
  /// - Throws: as ``read(_:)``; `directory` for what cannot be written. The file is as it was.
  @discardableResult
  public static func addKey(
    inDirectory path: String, named name: String = KeyFile.name
  ) throws(StoreError) -> KeyRing {
    var ring = try read("\(path)/\(name)") ?? KeyRing()
    do throws(SystemError) {
      guard let key = LedgerKey(try Randomness.bytes(count: LedgerKey.sizeBytes))
      else { preconditionFailure("a key has that many bytes") }
      ring.add(key)
      try write(ring, to: Directory.open(path), named: name)
    } catch {
      throw .directory(error, path: "\(path)/\(name)")
    }
    return ring
  }

  /// Copies the key file of one data directory, if it has one, to another.
  ///
  /// - Throws: as ``read(_:)``; `directory` for what cannot be written.
  static func copy(from source: String, to target: String) throws(StoreError) {
    guard let ring = try read("\(source)/\(name)") else { return }
    do throws(SystemError) { try write(ring, to: Directory.open(target), named: name) } catch {
      throw .directory(error, path: "\(target)/\(name)")
    }
  }

  private static func write(
    _ ring: KeyRing, to directory: borrowing Directory, named name: String
  ) throws(SystemError) {
    var text = ring.text()
    defer { text.wipe() }
    let temporary = "\(name).tmp"
    let file = try directory.openFile(temporary, .readWrite, [.create, .truncate, .noFollow])
    try file.setPermissions(.ownerOnly)
    try file.writeAll(text.span, at: 0)
    try file.synchronize()
    try directory.rename(temporary, to: name)
    try directory.synchronize()
  }
}

extension KeySource {
  /// The keys of the ledger in `directory`.
  ///
  /// - Throws: `keyFile`, `directory`.
  func keys(of directory: String, makesMissing: Bool) throws(StoreError) -> KeyRing {
    let path = "\(directory)/\(KeyFile.name)"
    switch self {
    case .none: return KeyRing()
    case .inDirectory:
      if let ring = try KeyFile.read(path) { return ring }
      return makesMissing ? try KeyFile.addKey(inDirectory: directory) : KeyRing()
    case .file(let file):
      guard var ring = try KeyFile.read(file)
      else { throw .directory(SystemError(.open, .noSuchFile), path: file) }
      if let beside = try KeyFile.read(path) { ring.addForOpening(beside) }
      return ring
    }
  }
}

extension LedgerStore {
  /// The ids of the keys that the store has; the last one seals.
  public var keyIDs: [KeyID] { sealer.keys.ids }

  /// Reads the keys again: from here on the last one of the file seals.
  ///
  /// Keys that the file has no more still open, until the store is closed.
  ///
  /// - Throws: `keyFile`, `directory`, `log`; the keys are then as they were.
  public func rereadKeys() throws(StoreError) {
    guard let directory else { return }
    var keys = try options.keys.keys(of: directory, makesMissing: false)
    keys.addForOpening(sealer.keys)
    do throws(SystemError) { sealer = try SecretSealer(keys) } catch {
      throw .log(.system(error, file: ""))
    }
  }
}
