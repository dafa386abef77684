// A moment of the ledger's past, as requests name it: queries as of then, histories from there on.
// Immutable; owner: the caller.
// Grammar: schema/protocol.md, "Arguments" and "As of".

/// A moment of the log.
public enum RemoteMoment: Equatable, Sendable {
  /// A time in microseconds since 1970, UTC, taken to its millisecond.
  case time(microseconds: Int64)
  /// After the event with this id, `<unix-ms>-<n>`.
  case event(String)
  /// After the event with this sequence; 0: before all of them.
  case sequence(Int64)

  /// The moment as it is sent.
  var text: String {
    switch self {
    case .time(let microseconds): TokenCreation.seconds(microseconds: microseconds)
    case .event(let id): id
    case .sequence(let sequence): "#\(sequence)"
    }
  }
}
