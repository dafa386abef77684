// The workers that the server started: kept running, told to leave, collected, so that none stays a
// zombie. What they do is their own; they come in through the socket as everybody does, with the
// server's own uid.
// Nothing ends a worker when the server is killed: it is started with `--give-up`, and ends by
// itself once the ledger has been out of reach for so long.
// Invariant: a worker's descriptor is in the poll exactly as long as the worker is in its place.
// Owner: the loop's thread. Times are the monotonic clock's.

import LinuxIO

/// The workers of a server.
final class WorkerCrew {
  /// A running worker.
  private final class Worker {
    let process: ChildProcess
    init(_ process: consuming ChildProcess) { self.process = process }
  }

  private struct Place {
    var worker: Worker?
    var schedule = RestartSchedule()
  }

  /// The exit code of a worker that does not accept how it is started: EX_USAGE of sysexits.h.
  static let usageExitCode: Int32 = 64

  private let program: WorkerProgram
  private let log: ServerLog
  private var places: [Place]
  private var isLeaving = false

  /// A crew of which nobody is there yet.
  init(_ program: WorkerProgram, log: ServerLog) {
    self.program = program
    self.log = log
    places = [Place](repeating: Place(), count: program.count)
  }

  /// How many workers run, or have ended and are not collected.
  var runningCount: Int { places.count { $0.worker != nil } }

  /// When the next worker is to be started; the end of time for never.
  var dueMicroseconds: Int64 {
    isLeaving ? .max : places.map(\.schedule.dueMicroseconds).min() ?? .max
  }

  /// Starts the workers that are due, and has the poll watch them under `generation`.
  func startDue(at now: Int64, on poll: borrowing EventPoll, generation: UInt32) {
    guard dueMicroseconds <= now else { return }
    for index in places.indices where places[index].schedule.dueMicroseconds <= now {
      start(index, at: now, on: poll, generation)
    }
  }

  private func start(
    _ index: Int, at now: Int64, on poll: borrowing EventPoll, _ generation: UInt32
  ) {
    places[index].schedule.noteStart(at: now)
    do throws(SystemError) {
      let worker = Worker(try ChildProcess.start(program.path, program.arguments))
      places[index].worker = worker
      log.write(.info, "a refresher started", [("pid", worker.process.id.description)])
      try poll.add(
        EventWord(descriptor: worker.process.rawValue, generation: generation), for: .readable)
    } catch {
      // Unwatched, its end would never be seen.
      finish(index)
      let wait = places[index].schedule.noteEnd(at: now, isRefusal: false)
      log.write(
        .error, "a refresher cannot be started",
        [("program", program.path), ("error", error.description), ("again_in", seconds(wait))])
    }
  }

  /// Collects the workers that have ended.
  func collect(at now: Int64, from poll: borrowing EventPoll) {
    for index in places.indices {
      guard let worker = places[index].worker else { continue }
      var end: ProcessEnd?
      do throws(SystemError) {
        end = try worker.process.end()
        guard end != nil else { continue }
        try poll.remove(descriptor: worker.process.rawValue)
      } catch {
        log.write(.error, "a refresher's end", [("error", error.description)])
      }
      places[index].worker = nil
      tell(end, of: worker.process.id, index, at: now)
    }
  }

  private func tell(_ end: ProcessEnd?, of id: ProcessID, _ index: Int, at now: Int64) {
    var fields = [("pid", id.description)]
    switch end {
    case .exited(let code): fields.append(("exit_code", String(code)))
    case .killed(let signal): fields.append(("signal", String(signal.rawValue)))
    case nil: break
    }
    guard !isLeaving else { return log.write(.info, "a refresher ended", fields) }
    let isRefusal = end == .exited(Self.usageExitCode)
    let wait = places[index].schedule.noteEnd(at: now, isRefusal: isRefusal)
    fields.append(("again_in", seconds(wait)))
    if isRefusal {
      log.write(.error, "a refresher does not accept its settings: see its line above", fields)
    } else {
      log.write(.warning, "a refresher ended", fields)
    }
  }

  private func seconds(_ microseconds: Int64) -> String { "\(microseconds / 1_000_000)s" }

  // MARK: The end

  /// Tells the workers to finish what they hold and leave; nobody is started any more.
  func leave() {
    isLeaving = true
    for place in places {
      do throws(SystemError) { try place.worker?.process.send(.terminate) } catch {
        log.write(.error, "a refresher cannot be told to end", [("error", error.description)])
      }
    }
  }

  /// Ends and collects whoever is left.
  func end() {
    isLeaving = true
    for index in places.indices {
      guard let worker = places[index].worker else { continue }
      log.write(.warning, "a refresher is killed", [("pid", worker.process.id.description)])
      finish(index)
    }
  }

  private func finish(_ index: Int) {
    guard let worker = places[index].worker else { return }
    places[index].worker = nil
    do throws(SystemError) {
      try worker.process.send(.kill)
      _ = try worker.process.waitForEnd()
    } catch {
      log.write(.error, "a refresher's end", [("error", error.description)])
    }
  }
}
