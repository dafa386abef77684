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
    case .system(let error, let file):
      file.isEmpty ? "the log's directory: \(error)." : "\(file): \(error)."
    }
  }
}

extension SystemError {
  /// Whether the disk, the quota or the file's size limit left no room: it can heal by itself.
  var isOutOfRoom: Bool {
    switch code {
    case .noSpace, .quotaExceeded, .fileTooLarge: true
    default: false
    }
  }
}
