// A thread beside the loop's that does one thing at a time and gives back what came of it: a past
// state, a rewritten segment. Without a thread the work is done at once by the caller (tools,
// tests, simulations), through the same calls.
// Invariant: at most one request is under way.

import LinuxIO
import Synchronization

/// Work that may have a thread of its own.
struct SideWork<Request: ~Copyable & Sendable, Outcome: ~Copyable & Sendable>: ~Copyable {
  private let work: @Sendable (consuming Request, StopSign) -> Outcome
  private var thread: SideThread<Request, Outcome>?
  private var finished: Outcome?
  private(set) var isBusy = false

  /// Does `work` for each request; it looks at the sign, and gives up when that is raised.
  init(_ work: @escaping @Sendable (consuming Request, StopSign) -> Outcome) {
    self.work = work
  }

  /// The descriptor that becomes readable when an outcome is there; nil without a thread.
  var descriptor: CInt? { thread?.outcomes.descriptor }

  /// From here on the work is done by a thread of its own, which waits behind others for the
  /// processor if that is wanted.
  mutating func startThread(name: String, yields: Bool = false) throws(SystemError) {
    guard thread == nil else { return }
    thread = try SideThread(name: name, yields: yields, work)
  }

  /// Gives up what is under way, and ends the thread.
  mutating func stop() {
    thread?.stop()
  }

  mutating func begin(_ request: consuming Request) {
    precondition(!isBusy, "one piece of work is begun while another is under way")
    isBusy = true
    guard let thread else {
      finished = work(request, StopSign())
      return
    }
    thread.requests.put(request)
  }

  /// What came of the request, once it is there.
  mutating func poll() -> Outcome? {
    guard isBusy else { return nil }
    if let outcome = finished.take() {
      isBusy = false
      return outcome
    }
    guard let outcome = thread?.outcomes.take() else { return nil }
    isBusy = false
    return outcome
  }
}

/// The thread and the ways to it.
private final class SideThread<Request: ~Copyable & Sendable, Outcome: ~Copyable & Sendable> {
  let requests: Mailbox<Request>
  let outcomes: Mailbox<Outcome>
  private let stopSign: StopSign
  private var thread: SystemThread?

  init(
    name: String, yields: Bool, _ work: @escaping @Sendable (consuming Request, StopSign) -> Outcome
  ) throws(SystemError) {
    let requests = try Mailbox<Request>()
    let outcomes = try Mailbox<Outcome>()
    let stopSign = StopSign()
    self.requests = requests
    self.outcomes = outcomes
    self.stopSign = stopSign
    thread = try SystemThread.start(name: name) {
      if yields { SystemThread.yieldToOthers() }
      var events = EventBuffer(capacity: 1)
      while let request = requests.receive(&events) {
        outcomes.put(work(request, stopSign))
      }
    }
  }

  deinit { end() }

  /// Gives up what is under way, and lets the thread end.
  private func end() {
    stopSign.raise()
    requests.close()
  }

  /// Waits for the thread's end.
  func stop() {
    end()
    thread.take()?.join()
  }
}

/// Tells whoever works to give up.
final class StopSign: Sendable {
  private let flag = Atomic(false)

  var isRaised: Bool { flag.load(ordering: .relaxed) }

  func raise() { flag.store(true, ordering: .relaxed) }
}
