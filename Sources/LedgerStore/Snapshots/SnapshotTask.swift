// What the thread beside the loop does for snapshots, one task at a time: it writes one, or finds
// out where the events of a segment are that a start from a snapshot did not read. It makes the
// state of a snapshot by itself, from the snapshot before and the log, so that the loop gives it
// nothing but the end of the log and never waits.
// Cost: a second state in memory while a snapshot is being made.

import EventLog
import TokenLedger

/// A piece of work for snapshots.
enum SnapshotTask: Sendable {
  /// Writes the snapshot after a commit.
  case write(LogPosition)
  /// Finds the events of a segment, by its first one.
  case locate(EventIndex.Entry, through: EventSequence, layout: Int)
}

/// What came of it.
enum SnapshotOutcome: Sendable {
  /// The snapshot after the event is there, with so many bytes.
  case written(EventSequence, sizeBytes: Int)
  case located([EventIndex.Entry], segment: UInt32, layout: Int)
  case failed(StoreError)
  /// The sign was raised.
  case stopped
}

/// A task, and what it works on.
struct SnapshotRequest: Sendable {
  let task: SnapshotTask
  let log: any LogStorage
  let directory: SnapshotDirectory
  let lowWaterBytes: Int
  let seed: UInt64

  /// Carries the task out.
  func carriedOut(until stop: StopSign) -> SnapshotOutcome {
    do throws(StoreError) {
      switch task {
      case .write(let position): return try write(position, stop)
      case .locate(let first, let last, let layout):
        guard let entries = try locate(first, through: last, stop) else { return .stopped }
        return .located(entries, segment: first.location.segment, layout: layout)
      }
    } catch {
      return .failed(error)
    }
  }

  private func write(
    _ position: LogPosition, _ stop: StopSign
  ) throws(StoreError) -> SnapshotOutcome {
    var starts = ReplayStarts(directory.storage, through: position.sequence, seed: seed)
    var replayed = ReplayedLedger(seed: seed)
    var options = LogOptions()
    options.endsAfter = position.sequence
    do throws(ReplayError<StoreError>) {
      _ = try starts.replay(options, into: &replayed) {
        options, replayed throws(ReplayError<StoreError>) in
        try LogReading.read(log, options: options) { logged throws(StoreError) in
          if stop.isRaised { throw StoreError.stopped }
          try replayed.take(logged)
        }
      }
    } catch {
      let error = error.storeError
      if error == .stopped { return .stopped }
      throw error
    }
    let sequence = EventSequence(position.sequence)
    if starts.origin == position.sequence { return .written(sequence, sizeBytes: 0) }
    do throws(LogError) {
      let size = try directory.write(
        replayed, at: position, lowWaterBytes: lowWaterBytes, until: stop)
      return size.map { .written(sequence, sizeBytes: $0) } ?? .stopped
    } catch {
      throw .log(error)
    }
  }
}

extension SnapshotRequest {
  /// The indexed events of a segment; nil when told to stop.
  private func locate(
    _ first: EventIndex.Entry, through last: EventSequence, _ stop: StopSign
  ) throws(StoreError) -> [EventIndex.Entry]? {
    var entries: [EventIndex.Entry] = []
    var failure: EventDecodingError?
    var reader = LogReader(storage: log)
    do throws(LogError) {
      try reader.read(
        from: first.location, sequence: first.sequence.rawValue, through: last.rawValue
      ) { logged in
        guard logged.sequence % EventIndex.stride == 1 else { return !stop.isRaised }
        do throws(EventDecodingError) {
          entries.append(
            EventIndex.Entry(
              sequence: EventSequence(logged.sequence), id: try Event.id(inFacts: logged.facts),
              location: logged.location))
        } catch {
          failure = error
        }
        return failure == nil && !stop.isRaised
      }
    } catch {
      throw .log(error)
    }
    if let failure { throw .undecodable(failure, sequence: first.sequence, first.location) }
    return stop.isRaised ? nil : entries
  }
}
