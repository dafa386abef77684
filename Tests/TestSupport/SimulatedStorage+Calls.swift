// The calls themselves: each is counted, fails if the test wants it to, and otherwise does what a
// real disk's page cache does.

public import EventLog
public import LinuxIO

extension SimulatedStorage {
  /// Counts a call, fails it if it is to fail, and otherwise makes it.
  ///
  /// This boundary lies above the retry of interrupted calls, which the kernel's edge does
  /// (`LinuxIO`): an interruption is counted, and the call is made again.
  fileprivate func make<Result: Sendable>(
    _ call: StorageCall, whenFailed: (inout State) -> Void = { _ in },
    _ body: (inout State) -> Outcome<Result>
  ) throws(SystemError) -> Result {
    let outcome = state.withLock { state in
      let outcome = Self.attempt(call, &state, whenFailed, body)
      if call.isChange { state.recording?.append(state.disk) }
      return outcome
    }
    switch outcome {
    case .success(let result): return result
    case .failure(let code): throw SystemError(call.systemCall, code)
    }
  }

  private static func attempt<Result: Sendable>(
    _ call: StorageCall, _ state: inout State, _ whenFailed: (inout State) -> Void,
    _ body: (inout State) -> Outcome<Result>
  ) -> Outcome<Result> {
    while true {
      state.counts[call, default: 0] += 1
      if call.isChange { state.changeCount += 1 }
      if let crash = state.crashingChange, state.changeCount >= crash { return .failure(.ioError) }
      guard let code = state.faults.failure(of: call) else { return body(&state) }
      if code == .interrupted { continue }
      whenFailed(&state)
      return .failure(code)
    }
  }

  /// How many bytes of a write are taken: as many as one call moves and the disk has room for.
  fileprivate static func taken(
    _ size: Int, at offset: Int, in file: Int, _ state: inout State
  ) -> Int {
    let end = state.disk.files[file].content.count
    let free = max(0, state.capacityBytes - state.disk.usedBytes)
    let fitting = max(0, end - offset).addingReportingOverflow(free)
    return state.transferred(min(size, fitting.overflow ? .max : fitting.partialValue))
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
      state.disk.changeNames([name: number])
      return .success(number)
    }
    return SimulatedFile(number, of: self)
  }

  /// Renames a file.
  public func rename(_ source: String, to target: String) throws(SystemError) {
    try make(.rename) { state in
      Self.number(of: source, state.disk).map { number in
        if source != target { state.disk.changeNames([source: nil, target: number]) }
      }
    }
  }

  /// Removes a file's name.
  public func remove(_ name: String) throws(SystemError) {
    try make(.remove) { state in
      Self.number(of: name, state.disk).map { _ in state.disk.changeNames([name: nil]) }
    }
  }

  /// Makes the names durable.
  public func syncDirectory() throws(SystemError) {
    try make(.syncDirectory) { .success($0.disk.syncNames()) }
  }

  /// The room that the capacity leaves.
  public func freeBytes() throws(SystemError) -> Int {
    try make(.freeBytes) { .success(max(0, $0.capacityBytes - $0.disk.usedBytes)) }
  }
}

extension SimulatedStorage.State {
  /// What a failed sync of a file does.
  fileprivate mutating func lose(_ file: Int) {
    if syncFailure == .losesPages { disk.loseWrites(file) }
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
      let content = state.disk.files[number].content
      let wanted = state.transferred(min(size, max(0, content.count - offset)))
      return .success(content.dropFirst(offset).prefix(wanted))
    }
    buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    return bytes.count
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int {
    let all = bytes.withUnsafeBytes { Array($0) }
    return try storage.make(.write) { state in
      let taken = SimulatedStorage.taken(all.count, at: offset, in: number, &state)
      guard taken > 0 else { return all.isEmpty ? .success(0) : .failure(.noSpace) }
      state.disk.change(number, .write(Array(all[..<taken]), offset: offset))
      return .success(taken)
    }
  }

  func sync() throws(SystemError) {
    try storage.make(.sync, whenFailed: { $0.lose(number) }) { .success($0.disk.sync(number)) }
  }

  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError) {
    try storage.make(.truncate) {
      .success($0.disk.change(number, .truncate(sizeBytes: sizeBytes)))
    }
  }
}

/// What a call gives.
enum Outcome<Value: Sendable>: Sendable {
  case success(Value)
  case failure(Errno)

  func map<Other: Sendable>(_ body: (Value) -> Other) -> Outcome<Other> {
    switch self {
    case .success(let value): .success(body(value))
    case .failure(let code): .failure(code)
    }
  }
}
