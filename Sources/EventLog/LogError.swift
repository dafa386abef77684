// Everything that this module throws, but for the limits of a batch (`BatchLimit`) and the
// refusals of a visitor (`ReplayError`). Each case says what state it leaves behind and who can
// act. No case holds a byte of a payload.

public import LinuxIO

/// Why the log could not do what it was asked.
public enum LogError: Error, Equatable, Sendable {
  /// There was no room on the disk for a batch.
  ///
  /// The file is as it was and the batch untouched; the same batch may be given again. Whoever owns
  /// the disk can make room, and the next append works without a restart.
  case diskFull(file: String)

  /// A batch needs room that the low-water mark keeps free on the disk.
  ///
  /// State and remedy as for `diskFull`; the operator may also lower the mark.
  case belowLowWater(file: String, lowWaterBytes: Int)

  /// A start found no room to keep a torn tail, which it must before it cuts it off.
  ///
  /// Nothing was cut off; nothing acknowledged is in the tail. Whoever owns the disk frees as many
  /// bytes as the tail has, and the next start does it.
  case noRoomForTail(segment: String, offset: Int, sizeBytes: Int)

  /// A write or sync of the log failed.
  ///
  /// The writer is poisoned: what was being written is in doubt and is judged by the next start.
  /// Nobody may retry; stop acknowledging, end the process, look at the disk.
  case writeFailed(SystemError, file: String)

  /// The log failed before; this request did nothing.
  ///
  /// State and remedy as for `writeFailed`, which was thrown first.
  case poisoned

  /// Another process has the ledger open for writing; its number, if it could be read.
  ///
  /// Nothing was changed. The operator stops the other process, or talks to it.
  case locked(holder: ProcessID?)

  /// A file is not what a writer leaves behind, however it was interrupted.
  ///
  /// Nothing was changed. The operator acts, as `DamageKind.hint` says.
  case damaged(file: String, offset: Int, DamageKind)

  /// The log has no commit that ends with this sequence and the chain value expected of it.
  ///
  /// Nothing was changed. What was derived from another log is of no use here: read all of it.
  case otherPast(sequence: UInt64)

  /// A file or the directory (`file` is empty then) could not be listed, opened or read.
  ///
  /// Nothing was changed. The operator looks at permissions, limits and the disk.
  case system(SystemError, file: String)
}

extension LogError: CustomStringConvertible {
  /// The failure in one line: file, offset, what is wrong, what to do.
  public var description: String {
    switch self {
    case .diskFull(let file):
      "no room on the disk for \(file); nothing was written. Make room; no restart is needed."
    case .belowLowWater(let file, let bytes):
      "\(file) needs room, and less than \(bytes) bytes, the low-water mark, would be left free on"
        + " the disk; nothing was written. Make room; no restart is needed."
    case .noRoomForTail(let segment, let offset, let size):
      "\(segment), offset \(offset): an interrupted write is to be cut off, and there is no room on"
        + " the disk to keep its \(size) bytes; nothing was cut. Free at least \(size) bytes, then"
        + " start again."
    case .writeFailed(let error, let file):
      "\(file): \(error). The log stopped for good; look at the disk, then start again."
    case .poisoned:
      "the log stopped after a failed write; look at the disk, then start again."
    case .locked(let holder?):
      "the ledger is in use by process \(holder)."
    case .locked(nil):
      "the ledger is in use by another process."
    case .damaged(let file, let offset, let kind):
      "\(file), offset \(offset): damaged: \(kind). \(kind.hint)"
    case .otherPast(let sequence):
      "the log does not have the chain value expected of it after event \(sequence)."
    case .system(let error, let file):
      file.isEmpty ? "the log's directory: \(error)." : "\(file): \(error)."
    }
  }
}

extension LogError {
  /// The file that found no room, when that alone is what is wrong: it can heal by itself.
  public var fileWithoutRoom: String? {
    switch self {
    case .diskFull(let file), .belowLowWater(let file, _), .noRoomForTail(let file, _, _): file
    case .writeFailed, .poisoned, .locked, .damaged, .otherPast, .system: nil
    }
  }
}

extension SystemError {
  /// Whether the disk, the quota or the file's size limit left no room: it can heal by itself.
  package var isOutOfRoom: Bool {
    switch code {
    case .noSpace, .quotaExceeded, .fileTooLarge: true
    default: false
    }
  }
}
