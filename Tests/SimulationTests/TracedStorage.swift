// A storage that tells a trace of each call, so that two runs can be compared down to the disk.
// It changes nothing that passes through.

import Bytes
import EventLog
import LinuxIO

/// A storage whose calls are traced.
///
/// Safe: a run has one thread.
final class TracedStorage: LogStorage, @unchecked Sendable {
  private let inner: any LogStorage
  private let trace: Trace

  init(_ inner: any LogStorage, _ trace: Trace) {
    self.inner = inner
    self.trace = trace
  }

  func names() throws(SystemError) -> [String] {
    trace.note("names")
    return try inner.names()
  }

  func open(_ name: String, _ access: FileAccess) throws(SystemError) -> any LogFile {
    trace.note("open \(name)")
    return TracedFile(try inner.open(name, access), trace)
  }

  func create(_ name: String) throws(SystemError) -> any LogFile {
    trace.note("create \(name)")
    return TracedFile(try inner.create(name), trace)
  }

  func rename(_ source: String, to target: String) throws(SystemError) {
    trace.note("rename \(source) \(target)")
    try inner.rename(source, to: target)
  }

  func remove(_ name: String) throws(SystemError) {
    trace.note("remove \(name)")
    try inner.remove(name)
  }

  func syncDirectory() throws(SystemError) {
    trace.note("sync directory")
    try inner.syncDirectory()
  }

  func freeBytes() throws(SystemError) -> Int {
    trace.note("free bytes")
    return try inner.freeBytes()
  }
}

/// A file whose calls are traced.
///
/// Safe: a run has one thread.
private final class TracedFile: LogFile, @unchecked Sendable {
  private let inner: any LogFile
  private let trace: Trace

  init(_ inner: any LogFile, _ trace: Trace) {
    self.inner = inner
    self.trace = trace
  }

  func sizeBytes() throws(SystemError) -> Int { try inner.sizeBytes() }

  func read(into buffer: inout MutableRawSpan, at offset: Int) throws(SystemError) -> Int {
    let count = try inner.read(into: &buffer, at: offset)
    trace.note("read \(offset) \(count)")
    return count
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int {
    trace.note("write \(offset) \(bytes.byteCount) \(Self.checksum(bytes))")
    return try inner.write(bytes, at: offset)
  }

  func sync() throws(SystemError) {
    trace.note("sync")
    try inner.sync()
  }

  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError) {
    trace.note("truncate \(sizeBytes)")
    try inner.truncate(toSizeBytes: sizeBytes)
  }

  private static func checksum(_ bytes: RawSpan) -> UInt32 {
    var checksum = CRC32C()
    checksum.update(bytes)
    return checksum.value
  }
}
