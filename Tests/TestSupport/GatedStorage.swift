// A disk that stalls when a test wants it to: while the gate is shut, whoever syncs a file, or
// opens one, waits in front of it. Everything else goes straight to the storage behind.
// Any thread may shut and open the gate; the log's thread is the one that waits.

public import EventLog
import Foundation
public import LinuxIO

/// A storage whose file syncs, or openings, can be held up.
public final class GatedStorage: LogStorage {
  /// Which calls pass the gate.
  public enum Call: Sendable {
    case sync, open
  }

  private let inner: any LogStorage
  private let call: Call
  fileprivate let gate = Gate()

  /// Puts a gate, open at first, before calls of `inner`.
  public init(_ inner: any LogStorage, holding call: Call = .sync) {
    self.inner = inner
    self.call = call
  }

  /// From here on, the calls wait.
  public func shut() { gate.shut() }

  /// Lets every call go on.
  public func open() { gate.open() }

  /// Waits until a call stands before the gate; false when none comes within ten seconds.
  public func waitForCall() -> Bool { gate.waitForVisitor() }

  /// The names of all files.
  public func names() throws(SystemError) -> [String] { try inner.names() }

  /// Opens an existing file.
  public func open(_ name: String, _ access: FileAccess) throws(SystemError) -> any LogFile {
    if call == .open { gate.pass() }
    return GatedFile(try inner.open(name, access), call == .sync ? gate : nil)
  }

  /// Makes or empties a file.
  public func create(_ name: String) throws(SystemError) -> any LogFile {
    GatedFile(try inner.create(name), call == .sync ? gate : nil)
  }

  /// Renames a file.
  public func rename(_ source: String, to target: String) throws(SystemError) {
    try inner.rename(source, to: target)
  }

  /// Removes a file's name.
  public func remove(_ name: String) throws(SystemError) { try inner.remove(name) }

  /// Makes the names durable.
  public func syncDirectory() throws(SystemError) { try inner.syncDirectory() }

  /// The room on the disk.
  public func freeBytes() throws(SystemError) -> Int { try inner.freeBytes() }
}

/// A file whose syncs pass the gate.
private final class GatedFile: LogFile {
  private let inner: any LogFile
  private let gate: Gate?

  init(_ inner: any LogFile, _ gate: Gate?) {
    self.inner = inner
    self.gate = gate
  }

  func sizeBytes() throws(SystemError) -> Int { try inner.sizeBytes() }

  func read(into buffer: inout MutableRawSpan, at offset: Int) throws(SystemError) -> Int {
    try inner.read(into: &buffer, at: offset)
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int {
    try inner.write(bytes, at: offset)
  }

  func sync() throws(SystemError) {
    gate?.pass()
    try inner.sync()
  }

  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError) {
    try inner.truncate(toSizeBytes: sizeBytes)
  }
}

/// Open or shut, with somebody before it or not.
private final class Gate: @unchecked Sendable {
  // Safe: both fields are only touched with the condition's lock held.
  private let condition = NSCondition()
  private var isShut = false
  private var visitors = 0

  func shut() { change { isShut = true } }

  func open() { change { isShut = false } }

  func pass() {
    change { visitors += 1 }
    condition.lock()
    while isShut { condition.wait() }
    visitors -= 1
    condition.unlock()
  }

  func waitForVisitor() -> Bool {
    let deadline = Date(timeIntervalSinceNow: 10)
    condition.lock()
    defer { condition.unlock() }
    while visitors == 0 {
      if !condition.wait(until: deadline) { return false }
    }
    return true
  }

  private func change(_ body: () -> Void) {
    condition.lock()
    body()
    condition.broadcast()
    condition.unlock()
  }
}
