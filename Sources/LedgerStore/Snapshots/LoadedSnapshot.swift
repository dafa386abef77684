// A snapshot as it was read, and the replay of the log from there on: the way in which a ledger is
// opened, by its owner or by who only looks on.
// Invariant: the log has the last word. A snapshot whose commit is not in the log is of another
// past; then, and whenever a snapshot's end does not lead on, all of the log is read.

import Bytes
import CryptoPrimitives
import EventLog
import TokenLedger

/// A snapshot whose digest was right and whose state could be decoded.
struct LoadedSnapshot: ~Copyable {
  /// The commit after which it is.
  let position: LogPosition
  private let replayed: ReplayedLedger

  /// Reads a whole file, or gives nil for one that cannot be used.
  ///
  /// - Parameters:
  ///   - file: all of its bytes.
  ///   - sequence: the event that it is after by its name.
  ///   - seed: spoils prepared hash collisions.
  init?(_ file: RawSpan, after sequence: UInt64, seed: UInt64) {
    var bodyStart = 0
    guard let head = SnapshotFile(file, bodyStart: &bodyStart),
      head.position.sequence == sequence
    else { return nil }
    let body = file.extracting(bodyStart..<file.byteCount - SHA256Digest.sizeBytes)
    do throws(SnapshotError) {
      let state = try LedgerState.decoded(fromSnapshot: body, seed: seed)
      guard state.lastSequence.rawValue == head.position.sequence else { return nil }
      position = head.position
      replayed = ReplayedLedger(
        state: state, firstEvents: head.firstEvents.map { ($0.sequence, $0.id) },
        toldTails: head.toldTails, lastCompactionSegment: head.lastCompactionSegment)
    } catch {
      return nil
    }
  }

  consuming func takeReplayed() -> ReplayedLedger { replayed }
}

/// The ways to come to the state of a log: from each snapshot, and from nothing.
struct ReplayStarts: ~Copyable {
  private let directory: SnapshotDirectory?
  private let seed: UInt64
  private var sequences: [UInt64]
  /// The sequence of the snapshot that the last reading began with; 0 for none.
  private(set) var origin: UInt64 = 0

  /// The snapshots of `storage` up to the event `last`, if there is one.
  init(_ storage: (any LogStorage)?, through last: UInt64 = .max, seed: UInt64) {
    directory = storage.map { SnapshotDirectory(storage: $0) }
    self.seed = seed
    sequences = directory?.sequences().filter { $0 <= last } ?? []
  }

  /// Reads a log from the latest snapshot that leads on, or from its start.
  ///
  /// - Parameters:
  ///   - options: how the log is read.
  ///   - replayed: becomes what the log amounts to.
  ///   - read: reads the log from where its options say, into the ledger.
  /// - Returns: what `read` gave; ``origin`` then says where the reading began.
  /// - Throws: what `read` throws from the log's start; from a snapshot, what is no fault of that.
  mutating func replay<Result: ~Copyable>(
    _ options: LogOptions, into replayed: inout ReplayedLedger,
    _ read: (LogOptions, inout ReplayedLedger) throws(ReplayError<StoreError>) -> Result
  ) throws(ReplayError<StoreError>) -> Result {
    var options = options
    while let snapshot = next() {
      options.resumesAfter = snapshot.position
      origin = snapshot.position.sequence
      replayed = snapshot.takeReplayed()
      do throws(ReplayError<StoreError>) { return try read(options, &replayed) } catch {
        guard error.mayBeOfSnapshot else { throw error }
      }
    }
    options.resumesAfter = nil
    origin = 0
    replayed = ReplayedLedger(seed: seed)
    return try read(options, &replayed)
  }

  /// The latest snapshot that was not given yet and can be used.
  private mutating func next() -> LoadedSnapshot? {
    while !sequences.isEmpty {
      if let loaded = directory?.load(sequences.removeFirst(), seed: seed) { return loaded }
    }
    return nil
  }
}

extension ReplayError<StoreError> {
  /// Whether reading all of the log might not meet it.
  fileprivate var mayBeOfSnapshot: Bool {
    switch self {
    case .visitor(.stopped): false
    case .log(.damaged), .log(.otherPast), .visitor: true
    case .log: false
    }
  }
}
