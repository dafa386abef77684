// Looking at a log without a lock and without changing anything, also while a daemon appends to
// it: for the command line. What a daemon is just writing is not shown: the pass ends at the last
// commit. How an end that may be a write in the middle is judged: `schema/log.md` section 4.

internal import LinuxIO

/// How a log ends that somebody looked at.
public enum LogEnding: Equatable, Sendable {
  /// With its last commit, or with a segment's end.
  case clean
  /// With bytes behind the last commit that an interrupted or unfinished write explains: being
  /// written right now, or to be cut off by the next start.
  case unfinished(segment: String, offset: Int)
  /// With bytes behind the last commit that are damage, unless they are being written right now.
  /// Nobody writing (the lock is free) makes it damage.
  case suspect(segment: String, offset: Int, DamageKind)
}

/// What a pass over a log found.
public struct LogOverview: Equatable, Sendable {
  /// The end of the committed log; none when there is no segment.
  public let head: LogHead?
  /// How the log ends.
  public let ending: LogEnding
}

/// Reads logs that others own.
public enum LogReading {
  /// Visits every committed event in order.
  ///
  /// - Parameters:
  ///   - storage: The log's directory.
  ///   - options: Where the replay starts, and whether it checks the hash chain.
  ///   - visit: Sees each committed event.
  /// - Returns: where the log ends, and how.
  /// - Throws: `ReplayError.log` with `damaged` or `system`; or what `visit` threw.
  /// - Complexity: O(size of the log).
  public static func read<Failure: Error>(
    _ storage: any LogStorage, options: LogOptions = LogOptions(),
    _ visit: (LogEvent) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) -> LogOverview {
    let directory: LogDirectory
    do throws(LogError) {
      directory = try LogDirectory(storage)
    } catch {
      throw .log(error)
    }
    var replay = Replay(directory, in: storage, options: options, role: .onlooker)
    try replay.run(visit)
    return LogOverview(head: replay.head, ending: ending(of: replay.last))
  }

  private static func ending(of last: LastSegment?) -> LogEnding {
    guard let last, case .open(let verdict) = last.end else { return .clean }
    let name = last.segment.name
    switch verdict {
    case .clean:
      return .clean
    case .torn:
      return .unfinished(segment: name, offset: last.lastWrite.upperBound)
    case .damaged(let offset, let kind, _):
      return .suspect(segment: name, offset: offset, kind)
    }
  }
}
