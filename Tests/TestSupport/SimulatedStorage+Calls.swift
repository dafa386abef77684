// The calls themselves: each is counted, fails if the test wants it to, and otherwise does what a
// real disk's page cache does.

public import EventLog
public import LinuxIO
import Synchronization

extension SimulatedStorage {
  /// Counts a call, fails it if it is to fail, and otherwise makes it.
  fileprivate func make<Result>(
    _ call: StorageCall, _ body: (inout State) -> Outcome<Result>
  ) throws(SystemError) -> Result {
    let outcome = state.withLock { state in
      if let code = Self.failure(of: call, &state) { return Outcome<Result>.failure(code) }
      return body(&state)
    }
    switch outcome {
    case .success(let result): return result
    case .failure(let code): throw SystemError(call.systemCall, code)
    }
  }

  private static func failure(of call: StorageCall, _ state: inout State) -> Errno? {
    state.counts[call, default: 0] += 1
    if call.isChange { state.changeCount += 1 }
    if let crash = state.crashingChange, state.changeCount >= crash { return .ioError }
    guard let failure = state.failures[call], failure.number == state.counts[call] else {
      return nil
    }
    state.failures[call] = nil
    return failure.code
  }

  /// How many bytes of a write are taken: as many as one call moves and the disk has room for.
  fileprivate static func taken(
    _ size: Int, at offset: Int, in file: Int, _ state: State
  ) -> Int {
    let end = state.disk.files[file].content.count
    let free = max(0, state.capacityBytes - state.disk.usedBytes)
    return min(size, state.transferLimitBytes, max(0, end - offset) + free)
  }

  private static func number(
    of name: String, _ disk: SimulatedDisk
  ) -> Outcome<Int> {
    disk.names[name].map { .success($0) } ?? .failure(.noSuchFile)
  }

  /// The names of all files.
  public func names() throws(SystemError) -> [String] {
    try make(.names) { .success($0.disk.names.keys.sorted()) }
  }

  /// Opens an existing file.
  public func open(_ name: String, _ access: FileAccess) throws(SystemError) -> any LogFile {
    SimulatedFile(try make(.open) { Self.number(of: name, $0.disk) }, of: self)
  }

  /// Makes or empties a file.
  public func create(_ name: String) throws(SystemError) -> any LogFile {
    let number = try make(.create) { state in
      if let number = state.disk.names[name] {
        state.disk.change(number, .truncate(sizeBytes: 0))
        return .success(number)
      }
      state.disk.files.append(.init())
      let number = state.disk.files.count - 1
      state.disk.changeNames { $0[name] = number }
      return .success(number)
    }
    return SimulatedFile(number, of: self)
  }

  /// Renames a file.
  public func rename(_ source: String, to target: String) throws(SystemError) {
    try make(.rename) { state in
      Self.number(of: source, state.disk).map { number in
        state.disk.changeNames {
          $0[source] = nil
          $0[target] = number
        }
      }
    }
  }

  /// Removes a file's name.
  public func remove(_ name: String) throws(SystemError) {
    try make(.remove) { state in
      Self.number(of: name, state.disk).map { _ in state.disk.changeNames { $0[name] = nil } }
    }
  }

  /// Makes the names durable.
  public func syncDirectory() throws(SystemError) {
    try make(.syncDirectory) { .success($0.disk.syncNames()) }
  }
}

/// An open file of a simulated disk.
private final class SimulatedFile: LogFile {
  private let number: Int
  private let storage: SimulatedStorage

  init(_ number: Int, of storage: SimulatedStorage) {
    self.number = number
    self.storage = storage
  }

  func sizeBytes() throws(SystemError) -> Int {
    try storage.make(.size) { .success($0.disk.files[number].content.count) }
  }

  func read(into buffer: inout MutableRawSpan, at offset: Int) throws(SystemError) -> Int {
    let size = buffer.byteCount
    let bytes = try storage.make(.read) { state in
      let wanted = min(size, state.transferLimitBytes)
      return .success(state.disk.files[number].content.dropFirst(offset).prefix(wanted))
    }
    buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    return bytes.count
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int {
    let all = bytes.withUnsafeBytes { Array($0) }
    return try storage.make(.write) { state in
      let taken = SimulatedStorage.taken(all.count, at: offset, in: number, state)
      if taken == 0 && !all.isEmpty { return .failure(.noSpace) }
      state.disk.change(number, .write(Array(all[..<taken]), offset: offset))
      return .success(taken)
    }
  }

  func sync() throws(SystemError) {
    try storage.make(.sync) { .success($0.disk.sync(number)) }
  }

  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError) {
    try storage.make(.truncate) {
      .success($0.disk.change(number, .truncate(sizeBytes: sizeBytes)))
    }
  }
}

/// What a call gives.
enum Outcome<Value> {
  case success(Value)
  case failure(Errno)

  func map<Other>(_ body: (Value) -> Other) -> Outcome<Other> {
    switch self {
    case .success(let value): .success(body(value))
    case .failure(let code): .failure(code)
    }
  }
}
