// Why a ledger could not be opened, read or written. Each case says what state it leaves and who
// can act. No case holds a byte of a payload: places, numbers and the names of files only, so that
// any of them may be logged and shown to a client.

public import EventLog
public import LinuxIO
public import TokenLedger

/// Why the ledger on disk could not do what it was asked.
public enum StoreError: Error, Equatable, Sendable {
  /// The log said no; its own error says what state it left.
  case log(LogError)
  /// The data directory could not be made or opened. Nothing was changed; the operator looks at
  /// path and permissions.
  case directory(SystemError, path: String)
  /// An event's facts are not what a writer writes, though its checks are right: written by a newer
  /// version, or damaged before it was written. Nothing was changed; the operator acts.
  case undecodable(EventDecodingError, sequence: EventSequence, LogLocation)
  /// An event does not fit the ones before it. As above.
  case misfit(MisfitEvent, LogLocation)
  /// The key file cannot be used. Nothing was changed; the operator looks at it.
  case keyFile(KeyFileProblem, path: String)
  /// A secret is sealed under a key that the ledger does not have: another key file was there once.
  case unknownKey(KeyID, sequence: EventSequence)
  /// A secret is not what was sealed in its place: the log was changed by somebody.
  case forgedSecret(sequence: EventSequence, LogLocation)
  /// Somebody else rewrote the log, which was opened for reading, so that places in it are others
  /// now. Open it again.
  case rewritten
  /// The work was told to stop; it left nothing behind.
  case stopped
  /// An event has another number of sections than its facts say. As above.
  case sections(sequence: EventSequence, LogLocation)
}

extension StoreError: CustomStringConvertible {
  /// The failure in one line.
  public var description: String {
    switch self {
    case .log(let error): error.description
    case .directory(let error, let path): "\(path): \(error)."
    case .undecodable(let error, let sequence, let place):
      "\(place.text): event \(sequence.rawValue) cannot be read: \(error.description)."
    case .misfit(let misfit, let place):
      "\(place.text): event \(misfit.sequence.rawValue) does not fit the ones before it:"
        + " \(misfit.problem)."
    case .rewritten: "the log was rewritten meanwhile; ask again."
    case .stopped: "told to stop."
    case .keyFile(let problem, let path): "\(path): \(problem)."
    case .unknownKey(let id, let sequence):
      "the secret of event \(sequence.rawValue) is sealed under the key \(id), which is not there."
    case .forgedSecret(let sequence, let place):
      "\(place.text): the secret of event \(sequence.rawValue) is not what was sealed there."
    case .sections(let sequence, let place):
      "\(place.text): event \(sequence.rawValue) lacks a section, or has one too many."
    }
  }

  /// Whether only room on the disk was missing: nothing was written, and nothing is lost.
  public var isDiskFull: Bool {
    if case .log(let error) = self { error.fileWithoutRoom != nil } else { false }
  }

  /// Whether the data on disk is at fault, rather than the disk or the request.
  public var isDamage: Bool {
    switch self {
    case .log(.damaged), .undecodable, .misfit, .sections, .forgedSecret: true
    case .log, .directory, .keyFile, .unknownKey, .rewritten, .stopped: false
    }
  }
}

extension LogLocation {
  fileprivate var text: String { "segment \(segment), offset \(offset)" }
}
