// A log as it would be if some mends were made: reading gives the mended bytes, and nothing can be
// written. A mend is tried here before anything is promised about it.
// Owner: one plan in the making; mends are added and taken back in the order of a stack.

internal import LinuxIO
internal import Synchronization

/// A directory with mends over it.
final class MendedStorage: LogStorage {
  private let original: any LogStorage
  private let mends = Mutex<[Mend]>([])

  init(_ original: any LogStorage) {
    self.original = original
  }

  /// The mends, in the order in which they were added.
  var all: [Mend] { mends.withLock { $0 } }

  /// Adds a mend.
  func push(_ mend: Mend) { mends.withLock { $0.append(mend) } }

  /// Takes back the mends but the first `count`.
  func drop(to count: Int) { mends.withLock { $0.removeLast($0.count - count) } }

  func names() throws(SystemError) -> [String] { try original.names() }

  func open(_ name: String, _ access: FileAccess) throws(SystemError) -> any LogFile {
    MendedFile(try original.open(name, .readOnly), name: name, of: self)
  }

  func create(_ name: String) throws(SystemError) -> any LogFile { throw Self.refusal }
  func rename(_ source: String, to target: String) throws(SystemError) { throw Self.refusal }
  func remove(_ name: String) throws(SystemError) { throw Self.refusal }
  func syncDirectory() throws(SystemError) { throw Self.refusal }
  func freeBytes() throws(SystemError) -> Int { try original.freeBytes() }

  fileprivate static var refusal: SystemError { SystemError(.pwrite, .readOnlyFileSystem) }
}

/// A file with mends over it.
private final class MendedFile: LogFile {
  private let original: any LogFile
  private let name: String
  private let storage: MendedStorage

  init(_ original: any LogFile, name: String, of storage: MendedStorage) {
    self.original = original
    self.name = name
    self.storage = storage
  }

  private var mends: [Mend] { storage.all.filter { $0.file == name } }

  func sizeBytes() throws(SystemError) -> Int {
    var size = try original.sizeBytes()
    for mend in mends {
      size = mend.way == .excess ? mend.offset : max(size, mend.offset + mend.sizeBytes)
    }
    return size
  }

  func read(into buffer: inout MutableRawSpan, at offset: Int) throws(SystemError) -> Int {
    let count = min(buffer.byteCount, try sizeBytes() - offset)
    guard count > 0 else { return 0 }
    var bytes = try original.bytes(at: offset, count: count)
    bytes += [UInt8](repeating: 0, count: count - bytes.count)
    for mend in mends {
      for (index, byte) in mend.bytes.enumerated() {
        let place = mend.offset + index - offset
        if bytes.indices.contains(place) { bytes[place] = byte }
      }
    }
    for index in 0..<count {
      buffer.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self)
    }
    return count
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int {
    throw MendedStorage.refusal
  }

  func sync() throws(SystemError) { throw MendedStorage.refusal }

  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError) { throw MendedStorage.refusal }
}
