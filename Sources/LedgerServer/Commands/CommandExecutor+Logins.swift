// The commands of a login: SSO.AUTHORIZE and SSO.CALLBACK for the application, SSO.DONE and
// SSO.FAIL for the worker that exchanges the code. schema/sso.md, "Logins", has the states.
// Invariant: the tokens of a login are decided on against the durable state, with no other login in
// flight, so that two logins at once cannot make two tokens where one is renewed.

import Bytes
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension CommandExecutor {
  // MARK: SSO.AUTHORIZE

  func authorize(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let request = try LoginRequest(&arguments)
    guard !session.hasHeldReplies else { return .wait }
    let (address, state) = try beginLogin(request)
    reply.writeMapHeader(pairCount: 2)
    reply.writePair("url", address)
    reply.writePair("state", state)
    return .replied
  }

  /// Lets somebody go to the SSO.
  ///
  /// - Returns: the address, and the state in it.
  func beginLogin(
    _ request: LoginRequest
  ) throws(CommandError) -> (address: String, state: String) {
    guard let sso = settings.sso else { throw .noSSO }
    let secrets: LoginSecrets
    do throws(SystemError) { secrets = try LoginSecrets() } catch { throw .noRandomness }
    guard let state = Text(secrets.state) else { preconditionFailure("base64url is text") }
    let verifier = sso.isPublicClient ? secrets.verifier : nil
    let now = store.options.clock.monotonicMicroseconds
    let visit = LoginDesk.Visit(
      session: request.session, user: request.user, returnAddress: request.returnAddress,
      verifier: verifier, endMicroseconds: now + LoginDesk.lifetimeMicroseconds)
    try decide { () throws(Rejection) in try logins.begin(visit, under: state, now: now) }
    let address = sso.authorizeAddress(
      scopes: request.namesScopes ? request.scopes : nil, state: secrets.state, verifier: verifier)
    return (address, secrets.state)
  }

  // MARK: SSO.CALLBACK

  func callBack(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let code = try arguments.text("the code", maximum: LoginRequest.maximumCodeBytes)
    let state = try arguments.text("the state", maximum: LoginRequest.maximumStateBytes)
    var name: Text?
    var milliseconds: Int64?
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .session where name == nil: name = try arguments.sessionName()
      case .timeout where milliseconds == nil: milliseconds = try arguments.timeout()
      default: throw .unexpectedArgument(.ssoCallback)
      }
    }
    guard !session.hasHeldReplies else { return .wait }
    let now = store.options.clock.monotonicMicroseconds
    guard logins.expects(state, of: name, now: now) else { throw .noSuchLogin }
    try checkRefreshable()
    let wait = logins.exchange(
      code, under: state, for: session.actor,
      deadlineMicroseconds: monotonicDeadline(milliseconds ?? Self.standardTimeoutMilliseconds))
    return .awaiting(wait)
  }

  func writeLanding(
    _ outcome: LoginOutcome, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    switch outcome {
    case .failed(let failure): throw .loginFailed(failure)
    case .landed(let token, let returnAddress):
      reply.writeMapHeader(pairCount: 2)
      reply.writePair("token", token.rawValue)
      reply.writeBulk("return_to")
      if let returnAddress { reply.writeBulk(returnAddress.utf8) } else { reply.writeNull() }
    }
  }

  // MARK: SSO.DONE, SSO.FAIL

  /// Codes for a worker that exchanges them.
  func loginJobs(_ count: Int, _ session: Session) -> [WorkerJob] {
    guard let sso = settings.sso else { return [] }
    return logins.handOut(count, to: session.number).map { number, exchange in
      .login(
        LoginJob(
          number: number, code: exchange.code, redirectAddress: sso.callbackURL,
          verifier: exchange.visit.verifier))
    }
  }

  func loginDone(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let number = try arguments.loginNumber()
    var token = try arguments.loggedInToken()
    try decide { () throws(Rejection) in try token.check() }
    guard let exchange = logins.takenExchange(number) else { throw .loginOver(number) }
    token.user = exchange.visit.user
    let report = LoginReport(token, isAlwaysNew: settings.sso?.isAlwaysNew ?? false)
    guard !logins.isTelling,
      store.state.tokensRenewed(by: report).allSatisfy({ store.inFlightEvent(of: $0) == nil })
    else { return .wait }
    let decision = try decide { () throws(Rejection) in
      try store.state.decideLogin(report, free: store.freeTokenID, now: store.now)
    }
    let origin = Origin(actor: exchange.actor, reason: Text("login"))
    let appended = try append(decision.events, origin, .integer(decision.token.rawValue))
    if case .held(let sequence, _) = appended {
      logins.tell(number, decision.token, at: sequence)
      let now = store.options.clock.monotonicMicroseconds
      for id in decision.events.compactMap(\.token) {
        backOff.note(.refreshed, of: id, askedMilliseconds: 0, fence: nil, at: now)
      }
    }
    return appended
  }

  func loginFailed(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let number = try arguments.loginNumber()
    let failure = try arguments.classAndCode()
    guard !session.hasHeldReplies else { return .wait }
    guard logins.takenExchange(number) != nil else { throw .loginOver(number) }
    logins.fail(number, LoginFailure(failure.failureClass))
    reply.writeInteger(1)
    return .replied
  }
}

extension LoginRequest {
  /// Reads the scopes, then the words that the command has.
  init(_ arguments: inout ArgumentReader) throws(CommandError) {
    (scopes, namesScopes) = try arguments.requestedScopes()
    let command = arguments.command
    let isGuard = command != .ssoAuthorize
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .session where session == nil: session = try arguments.sessionName()
      case .user where user == nil: user = try arguments.text("USER", maximum: Limits.userBytes)
      case .returnto where returnAddress == nil:
        returnAddress = try arguments.text("RETURNTO", maximum: Self.maximumReturnBytes)
      case .new where isGuard && !isNew: isNew = true
      case .add where command == .tokenRequired && !isAdding: isAdding = true
      case .token where command == .tokenRequired && picked == nil:
        picked = try arguments.tokenID("TOKEN")
      case .timeout where isGuard && timeoutMilliseconds == nil:
        timeoutMilliseconds = try arguments.timeout()
      default: throw .unexpectedArgument(command)
      }
    }
  }
}

extension ArgumentReader {
  /// Takes a `scopes` argument that is to be asked for, and whether it names any at all.
  @_lifetime(self: copy self)
  fileprivate mutating func requestedScopes() throws(CommandError) -> ([Text], Bool) {
    var isList = false
    if let word = peek() { isList = Keyword.table[word] == .list }
    let names = try scopeNames()
    guard names.count <= Limits.scopesPerToken
    else { throw .rejected(.limit(what: "scopes of a token", maximum: Limits.scopesPerToken)) }
    for name in names where name.utf8.count > Limits.scopeNameBytes {
      throw .rejected(.limit(what: "bytes of a scope name", maximum: Limits.scopeNameBytes))
    }
    return (names, !(isList && names.isEmpty))
  }

  @_lifetime(self: copy self)
  fileprivate mutating func sessionName() throws(CommandError) -> Text {
    try text("SESSION", maximum: LoginRequest.maximumSessionBytes)
  }

  @_lifetime(self: copy self)
  mutating func text(
    _ what: @autoclosure () -> String, maximum: Int
  ) throws(CommandError) -> Text {
    let text = try text(what())
    guard text.utf8.count <= maximum
    else { throw .rejected(.limit(what: "bytes of \(what())", maximum: maximum)) }
    return text
  }

  @_lifetime(self: copy self)
  fileprivate mutating func loginNumber() throws(CommandError) -> Int64 {
    try integer("the login", in: 1...Int64.max)
  }

  /// Takes the token of a login as its worker tells it.
  @_lifetime(self: copy self)
  fileprivate mutating func loggedInToken() throws(CommandError) -> NewToken {
    var character: CharacterID?
    var (name, owner): (Text?, Text?)
    var (access, refresh): (SecretInput?, SecretInput?)
    var type: TokenType?
    var scopes: [Text]?
    while !isAtEnd {
      switch try keyword() {
      case .access where access == nil: access = try secret("ACCESS")
      case .refresh where refresh == nil: refresh = try secret("REFRESH")
      case .norefresh where refresh == nil: refresh = .null
      case .character where character == nil: character = try characterID()
      case .name where name == nil: name = try text("NAME")
      case .owner where owner == nil: owner = try text("OWNER")
      case .type where type == nil: type = try tokenType()
      case .scopes where scopes == nil: scopes = try scopeNames()
      default: throw .unexpectedArgument(command)
      }
    }
    guard let access else { throw .missing("ACCESS") }
    guard let refresh else { throw .missing("REFRESH or NOREFRESH") }
    guard let character else { throw .missing("CHARACTER") }
    guard let name else { throw .missing("NAME") }
    guard let owner else { throw .missing("OWNER") }
    var token = NewToken(character: character, characterName: name, ownerHash: owner)
    token.type = type ?? .character
    token.scopes = scopes ?? []
    token.access = access
    token.refresh = refresh
    return token
  }

  /// Takes CLASS and CODE, in any order, to the end.
  @_lifetime(self: copy self)
  mutating func classAndCode() throws(CommandError) -> FailureReport {
    var failureClass: RefreshFailure.Class?
    var code: Text?
    while !isAtEnd {
      switch try keyword() {
      case .class where failureClass == nil: failureClass = try self.failureClass()
      case .code where code == nil: code = try text("CODE", maximum: Limits.failureCodeBytes)
      default: throw .unexpectedArgument(command)
      }
    }
    guard let failureClass else { throw .missing("CLASS") }
    guard let code, !code.isEmpty else { throw .missing("CODE") }
    return FailureReport(failureClass, code: code)
  }
}
