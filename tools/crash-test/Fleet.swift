// Eight clients that write at once, each on a thread and a connection of its own, until the daemon
// is gone or they are told to stop. A writer belongs to its thread while the fleet is out and to
// the campaign before and after; the mutex of its seat hands it over.

import LedgerClient
import LinuxIO
import Synchronization
import TestSupport

/// The clients of a campaign.
final class Fleet: Sendable {
  static let size = 8

  /// A client's place: its writer, and how its last outing ended.
  final class Seat: Sendable {
    let writer: Mutex<Writer>
    let end = Mutex<Result<TurnEnd, Trouble>>(.success(.answered))

    init(_ writer: Writer) {
      self.writer = Mutex(writer)
    }
  }

  let seats: [Seat]
  /// Acknowledgements since the fleet was made.
  let acknowledgedCount = Atomic<Int>(0)
  private let runningCount = Atomic<Int>(0)
  private let isRecalled = Atomic<Bool>(false)

  init(random: inout SeededGenerator) {
    seats = (1...Self.size).map { number in
      Seat(
        Writer(account: Account(user: number), random: SeededGenerator(seed: random.next())))
    }
  }

  /// What the clients know.
  var accounts: [Account] {
    get { seats.map { seat in seat.writer.withLock { $0.account } } }
    set {
      for (seat, account) in zip(seats, newValue) {
        seat.writer.withLock { $0.account = account }
      }
    }
  }

  var ends: [Result<TurnEnd, Trouble>] { seats.map { seat in seat.end.withLock { $0 } } }

  /// Sends all clients out.
  func sendOut(to socket: String) throws(Trouble) {
    isRecalled.store(false, ordering: .sequentiallyConsistent)
    for seat in seats {
      runningCount.add(1, ordering: .sequentiallyConsistent)
      _ = try needed("a thread") { () throws(SystemError) in
        try SystemThread.start(name: "client") { [self] in
          serve(seat, socket)
          runningCount.subtract(1, ordering: .sequentiallyConsistent)
        }
      }
    }
  }

  /// Tells the clients to stop after their turn.
  func recall() {
    isRecalled.store(true, ordering: .sequentiallyConsistent)
  }

  /// Waits until so many more writes were acknowledged, or no client is out any more.
  func awaitAcknowledgements(_ count: Int) throws(Trouble) {
    let goal = acknowledgedCount.load(ordering: .relaxed) + count
    let isReached = ChildProcess.wait(milliseconds: DaemonCommand.waitMilliseconds) {
      acknowledgedCount.load(ordering: .relaxed) >= goal
        || runningCount.load(ordering: .relaxed) == 0
    }
    guard isReached else { throw .finding("the clients came to a halt") }
  }

  /// Waits until all are back, and throws the first finding among them.
  func awaitReturn() throws(Trouble) {
    let areBack = ChildProcess.wait(milliseconds: 2 * DaemonCommand.waitMilliseconds) {
      runningCount.load(ordering: .sequentiallyConsistent) == 0
    }
    guard areBack else { throw .finding("a client waits for ever") }
    for end in ends { if case .failure(let trouble) = end { throw trouble } }
  }

  /// One client's outing.
  private func serve(_ seat: Seat, _ socket: String) {
    var writer = seat.writer.withLock { $0 }
    let end: Result<TurnEnd, Trouble>
    do throws(Trouble) { end = .success(try write(&writer, socket)) } catch {
      end = .failure(error)
    }
    let returning = writer
    seat.writer.withLock { $0 = returning }
    seat.end.withLock { $0 = end }
  }

  private func write(_ writer: inout Writer, _ socket: String) throws(Trouble) -> TurnEnd {
    var options = LedgerConnection.Options()
    options.timeout = .milliseconds(DaemonCommand.waitMilliseconds)
    let connection: LedgerConnection
    do throws(ClientError) {
      connection = try LedgerConnection(socketPath: socket, options: options)
    } catch {
      return .disconnected
    }
    var end = TurnEnd.answered
    while end == .answered, !isRecalled.load(ordering: .relaxed) {
      end = try writer.takeTurn(writer.plan(), connection) {
        acknowledgedCount.add(1, ordering: .relaxed)
      }
    }
    return end
  }
}
