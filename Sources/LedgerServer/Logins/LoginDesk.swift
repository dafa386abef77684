// Who is on the way to the SSO and back: states, the exchange of codes, and what has landed. All of
// it is in memory: a login lasts minutes, and whoever loses one begins anew.
// Invariant: a state is worth something once, to the session that it was made for; a code is
// handed to one worker and never again. Owner: the loop's thread. Times are the monotonic clock's.
// schema/sso.md, "Logins", has the states.

import TokenLedger

/// The logins under way.
struct LoginDesk {
  /// How long somebody may be away, and a landed login wait to be picked up: ten minutes.
  static let lifetimeMicroseconds: Int64 = 600_000_000
  /// The most logins that wait for their callback.
  static let maximumVisits = 100_000

  /// Somebody on the way to the SSO.
  struct Visit {
    var session: Text?
    var user: Text?
    var returnAddress: Text?
    /// The secret that goes with the code, of a client that has none of its own.
    var verifier: String?
    var endMicroseconds: Int64
  }

  /// A code to be exchanged.
  struct Exchange {
    var visit: Visit
    var code: Text
    /// Who brought the code back.
    var actor: Actor
    var stage = Stage.queued
    /// Who waits for it, as long as they do.
    var wait: JobWait?
  }

  /// How far an exchange is.
  enum Stage: Equatable {
    case queued
    /// A worker has it: the number of its session.
    case taken(Int64)
    /// Its tokens are on their way to the disk.
    case told(EventSequence, TokenID, worker: Int64)
  }

  private var visits: [Text: Visit] = [:]
  /// The states in the order of their ends, and perhaps some that are not any more.
  private var ends: [(state: Text, endMicroseconds: Int64)] = []
  private var stateOfSession: [Text: Text] = [:]
  private var landed: [Text: (token: TokenID, endMicroseconds: Int64)] = [:]
  /// How many may have landed before those that nobody picked up are looked for.
  private var landedRoom = 1024
  private var exchanges: [Int64: Exchange] = [:]
  private var lastNumber: Int64 = 0
  /// How many waits can be answered.
  private(set) var readyCount = 0

  /// How many people are on their way.
  var visitCount: Int { visits.count }
  /// How many codes are being exchanged.
  var exchangeCount: Int { exchanges.count }
  /// Whether tokens of a login are on their way to the disk.
  var isTelling: Bool {
    exchanges.values.contains { exchange in
      if case .told = exchange.stage { true } else { false }
    }
  }

  // MARK: On the way

  /// Lets somebody go; what their session had under way before is forgotten.
  ///
  /// - Throws: `limit`; nothing has changed.
  mutating func begin(_ visit: Visit, under state: Text, now: Int64) throws(Rejection) {
    forgetOld(now)
    guard visits.count < Self.maximumVisits
    else { throw .limit(what: "logins under way", maximum: Self.maximumVisits) }
    if let session = visit.session {
      if let earlier = stateOfSession[session] { visits[earlier] = nil }
      stateOfSession[session] = state
      landed[session] = nil
    }
    visits[state] = visit
    ends.append((state, visit.endMicroseconds))
  }

  /// Whether somebody of the session is on the way under the state.
  func expects(_ state: Text, of session: Text?, now: Int64) -> Bool {
    guard let visit = visits[state] else { return false }
    return visit.session == session && visit.endMicroseconds > now
  }

  /// Welcomes somebody back: the state is used up, and the code is a job.
  ///
  /// - Precondition: they are expected.
  mutating func exchange(
    _ code: Text, under state: Text, for actor: Actor, deadlineMicroseconds: Int64
  ) -> JobWait {
    guard let visit = visits.removeValue(forKey: state)
    else { preconditionFailure("nobody is expected under the state") }
    if let session = visit.session { stateOfSession[session] = nil }
    lastNumber += 1
    let wait = JobWait(login: lastNumber, deadlineMicroseconds: deadlineMicroseconds)
    exchanges[lastNumber] = Exchange(visit: visit, code: code, actor: actor, wait: wait)
    return wait
  }

  private mutating func forgetOld(_ now: Int64) {
    let old = ends.prefix { $0.endMicroseconds <= now }
    for end in old {
      guard let visit = visits.removeValue(forKey: end.state) else { continue }
      if let session = visit.session, stateOfSession[session] == end.state {
        stateOfSession[session] = nil
      }
    }
    ends.removeFirst(old.count)
    // A session that begins again and again leaves states behind that are no more.
    if ends.count > 2 * Self.maximumVisits { ends = ends.filter { visits[$0.state] != nil } }
    guard landed.count >= landedRoom else { return }
    landed = landed.filter { $0.value.endMicroseconds > now }
    landedRoom = max(1024, landed.count * 2)
  }

  // MARK: Exchanges

  /// Hands codes to a worker, in the order of coming.
  mutating func handOut(_ count: Int, to worker: Int64) -> [(number: Int64, exchange: Exchange)] {
    let numbers = exchanges.keys.filter { exchanges[$0]?.stage == .queued }.sorted().prefix(count)
    return numbers.compactMap { number in
      exchanges[number]?.stage = .taken(worker)
      return exchanges[number].map { (number, $0) }
    }
  }

  /// The exchange that a worker tells of; nil when it is over.
  func takenExchange(_ number: Int64) -> Exchange? {
    guard case .taken = exchanges[number]?.stage else { return nil }
    return exchanges[number]
  }

  /// Notes that the tokens of a login are on their way to the disk.
  mutating func tell(_ number: Int64, _ token: TokenID, at sequence: EventSequence) {
    guard case .taken(let worker) = exchanges[number]?.stage else { return }
    exchanges[number]?.stage = .told(sequence, token, worker: worker)
  }

  /// Ends an exchange that came to nothing.
  mutating func fail(_ number: Int64, _ failure: LoginFailure) {
    finish(number, .failed(failure))
  }

  /// Fails what a worker had: it has left, and its codes may be spent.
  mutating func forgetWorker(_ worker: Int64) {
    for number in exchanges.keys.sorted() where exchanges[number]?.stage == .taken(worker) {
      fail(number, .unavailable)
    }
  }

  /// Takes over what has become durable.
  mutating func settle(through last: EventSequence, now: Int64) {
    for number in exchanges.keys.sorted() {
      guard let exchange = exchanges[number],
        case .told(let sequence, let token, _) = exchange.stage, sequence <= last
      else { continue }
      if let session = exchange.visit.session {
        landed[session] = (token, now + Self.lifetimeMicroseconds)
      }
      finish(number, .landed(token, returnAddress: exchange.visit.returnAddress))
    }
  }

  /// Takes back what was on its way to the disk: its worker may tell it again.
  mutating func abandon() {
    for number in exchanges.keys {
      guard case .told(_, _, let worker) = exchanges[number]?.stage else { continue }
      exchanges[number]?.stage = .taken(worker)
    }
  }

  private mutating func finish(_ number: Int64, _ outcome: LoginOutcome) {
    guard let exchange = exchanges.removeValue(forKey: number), let wait = exchange.wait
    else { return }
    wait.loginOutcome = outcome
    readyCount += 1
  }

  // MARK: Waits

  /// Forgets a wait: it was answered, or nobody is there any more.
  ///
  /// A code that nobody has taken is dropped.
  mutating func forget(_ wait: JobWait) {
    guard case .login(let number) = wait.question else { return }
    if wait.loginOutcome != nil { readyCount -= 1 }
    exchanges[number]?.wait = nil
    if exchanges[number]?.stage == .queued { exchanges[number] = nil }
  }

  // MARK: Landed

  /// Picks up what landed for a session, once.
  mutating func claim(_ session: Text, now: Int64) -> TokenID? {
    guard let login = landed.removeValue(forKey: session), login.endMicroseconds > now
    else { return nil }
    return login.token
  }
}

/// What became of a login.
enum LoginOutcome: Equatable {
  case landed(TokenID, returnAddress: Text?)
  case failed(LoginFailure)
}

/// Why a login came to nothing.
enum LoginFailure: Equatable {
  /// The SSO does not take the code.
  case refused
  case misconfigured
  case incomplete
  case unavailable

  /// What a class of failure means for a login.
  init(_ failureClass: RefreshFailure.Class) {
    switch failureClass {
    case .definite, .refused: self = .refused
    case .configuration: self = .misconfigured
    case .incomplete: self = .incomplete
    case .unavailable: self = .unavailable
    }
  }
}
