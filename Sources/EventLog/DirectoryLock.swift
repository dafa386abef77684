// Who may write: the one process that holds a lock on `<data>/lock`, `schema/log.md` section 3.
// The kernel gives the lock up when the process ends, however it ends, so a lock is never stale;
// the number in the file is only for the message to the second one.

internal import Bytes
internal import LinuxIO

/// The exclusive right to write to a ledger, held until it is gone.
public struct DirectoryLock: ~Copyable, Sendable {
  /// The name of the locked file.
  public static let fileName = "lock"

  private let descriptor: FileDescriptor

  private init(_ descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Locks the directory at `path` and writes this process's number into its lock file.
  ///
  /// - Throws: `locked` when another process, or this one in another place, has it; `system`.
  public static func acquire(directory path: String) throws(LogError) -> DirectoryLock {
    let descriptor = try open(path + "/" + fileName)
    let isHeld: Bool
    do throws(SystemError) {
      isHeld = try descriptor.tryLockExclusively()
    } catch {
      throw .system(error, file: fileName)
    }
    guard isHeld else { throw .locked(holder: holder(in: descriptor)) }
    try writeNumber(to: descriptor)
    return DirectoryLock(descriptor)
  }

  private static func open(_ path: String) throws(LogError) -> FileDescriptor {
    do throws(SystemError) {
      return try FileDescriptor.open(path, .readWrite, [.create, .noFollow])
    } catch {
      throw .system(error, file: fileName)
    }
  }

  /// Writes this process's number as a line of text.
  ///
  /// A full disk does not matter: the lock is held without it.
  private static func writeNumber(
    to descriptor: borrowing FileDescriptor
  ) throws(LogError) {
    do throws(SystemError) {
      try descriptor.truncate(toSizeBytes: 0)
      try descriptor.writeAll(Array("\(ProcessID.current)\n".utf8).span, at: 0)
    } catch {
      if !error.isOutOfRoom { throw .system(error, file: fileName) }
    }
  }

  /// The number that the holder wrote, or `nil` when it has not (yet).
  private static func holder(in descriptor: borrowing FileDescriptor) -> ProcessID? {
    do throws(SystemError) {
      let line = try descriptor.bytes(at: 0, count: 16)
      guard line.last == UInt8(ascii: "\n") else { return nil }
      return Int32(String(decoding: line.dropLast(), as: UTF8.self)).map(ProcessID.init(rawValue:))
    } catch {
      return nil
    }
  }
}
