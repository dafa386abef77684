// Every error that a command answers with, and its wording: this file has all of it.
// No error holds a secret, nor an argument that might be one: only names of arguments, numbers and
// limits. The prefixes are stable; schema/protocol.md, "Errors", says what state each leaves.

import LedgerStore
import TokenLedger

/// Why a command was not carried out.
///
/// Nothing has changed, except where `readOnly` says otherwise.
enum CommandError: Error {
  /// No command has this name, which is shown as far as it is harmless.
  case unknownCommand([UInt8])
  case unknownSubcommand(CommandName)
  case wrongArity(String)
  /// A word where a keyword was due.
  case unexpectedArgument(CommandName)
  case missing(String)
  case repeated(Keyword)
  /// Result words that exclude each other.
  case severalResults
  case notAnInteger(String)
  case invalid(String, expected: String)
  case notText(String)
  case rejected(Rejection)
  case notFound(TokenID)
  case denied(needed: Role)
  case diskFull
  case readOnly
  case tokenExpired(TokenID)
  case tokenInvalid(TokenID)
  case incomplete(TokenID)
  case ssoUnavailable(TokenID)
  case misconfigured
  /// The SSO failed for the token a short while ago, and is not asked before so many seconds.
  case heldOff(TokenID, RefreshResult, seconds: Int64)
  /// Where people log in is not set.
  case noSSO
  /// Nobody is on the way under the state, from this session.
  case noSuchLogin
  case loginFailed(LoginFailure)
  /// The exchange was told of before, or given up.
  case loginOver(Int64)
  /// The same of a revocation.
  case revocationOver(TokenID)
  /// The kernel gives no random numbers.
  case noRandomness
  /// Nobody is connected who refreshes tokens.
  case noRefresher
  case timeout
  /// The lease had moved on when the outcome came; the history tells it.
  case lateOutcome(TokenID)
  /// The secrets of a token are no more.
  case gone(TokenID)
  /// The secrets of a token are sealed under a key that the service does not have.
  case keyMissing(TokenID, KeyID)
  case protocolVersion
  case tooLargeReply(limitBytes: Int)
  /// A moment that the log has not reached.
  case momentAhead
  /// Too many other moments wait for being rebuilt.
  case tooManyMoments
  /// The log could not be read for this reply.
  case unreadableLog(StoreError)
  /// The ledger was opened without a place for snapshots.
  case noSnapshots
  /// A snapshot could not be made; the ledger is as it was.
  case failedSnapshot(StoreError)
  // As Redis words them, for clients that look at the words.
  case invalidStreamID
  case unbalancedStreams
  case noSuchStream
  case streamSyntax
  case streamInfoSyntax
  case streamInteger
  /// What is wrong with the time of a BLOCK.
  case streamTimeout(String)
  /// No id can be inside, because of the start or the end.
  case emptyStreamInterval(String)
  case noSuchDatabase
  case invalidClientName
}

extension CommandError {
  /// The reply: a stable prefix, then words.
  var text: String {
    switch self {
    case .unknownCommand(let name): "ERR unknown command '\(harmless(name))'"
    case .unknownSubcommand(let name):
      "ERR unknown subcommand. Try COMMAND DOCS \(name.specification.name.description)."
    case .wrongArity(let name): "ERR wrong number of arguments for '\(name)' command"
    case .unexpectedArgument(let name):
      "ERR syntax error: a keyword of \(name.specification.name.description) was expected"
    case .missing(let what): "ERR syntax error: \(what) is missing"
    case .repeated(let keyword): "ERR syntax error: \(keyword.word) is given twice"
    case .severalResults:
      "ERR syntax error: COUNT, EXISTS, FIRST and FIELDS exclude each other"
    case .notAnInteger(let what): "ERR \(what) is not an integer or out of range"
    case .invalid(let what, let expected): "ERR \(what) is not \(expected)"
    case .notText(let what): "ERR \(what) is not valid UTF-8 without U+0000"
    case .rejected(let rejection): rejection.reply
    case .notFound(let id): "NOTFOUND no token has the id \(id.rawValue)"
    case .denied(let needed): "DENIED this needs the role \(needed)"
    case .diskFull: "DISKFULL there is no room on the disk; nothing was written"
    case .readOnly: "READONLY the log takes no writes"
    case .tokenExpired(let id):
      "TOKENEXPIRED the token \(id.rawValue) is expired and has no usable refresh token"
    case .tokenInvalid(let id): "TOKENINVALID the SSO refused the token \(id.rawValue) for good"
    case .incomplete(let id):
      "INCOMPLETE the SSO gave no usable answer for the token \(id.rawValue)"
    case .ssoUnavailable(let id):
      "SSOUNAVAILABLE the SSO gave no answer for the token \(id.rawValue)"
    case .misconfigured: "MISCONFIGURED the SSO does not accept the application"
    case .heldOff(let id, let result, let seconds):
      (result == .unavailable ? CommandError.ssoUnavailable(id) : .incomplete(id)).text
        + "; it is not asked again for \(seconds) s"
    case .noSSO: "MISCONFIGURED no SSO is configured (sso-client-id)"
    case .noSuchLogin: "NOTFOUND no login of the session waits under the state"
    case .loginFailed(let failure): failure.reply
    case .loginOver(let number): "CONFLICT the login \(number) is over"
    case .revocationOver(let id): "CONFLICT no revocation of the token \(id.rawValue) is under way"
    case .noRandomness: "ERR the system gives no random numbers"
    case .noRefresher: "NOREFRESHER nobody is connected who refreshes tokens"
    case .timeout: "TIMEOUT there was no outcome in time; it may still come"
    case .lateOutcome(let id):
      "CONFLICT the lease of the token \(id.rawValue) has moved on; the outcome is only told"
    case .gone(let id): "GONE the secrets of token \(id.rawValue) were erased"
    case .keyMissing(let id, let key):
      "GONE the secrets of token \(id.rawValue) are sealed under the key \(key),"
        + " which is not in the key file"
    case .protocolVersion: "NOPROTO unsupported protocol version"
    case .tooLargeReply(let limit):
      "LIMIT the reply would exceed \(limit) bytes; use AFTER and LIMIT"
    case .momentAhead: "ERR ASOF is not a moment up to now"
    case .tooManyMoments:
      "LIMIT moments that wait for being rebuilt: at most \(PastState.maximumWanted)"
    case .unreadableLog(let error): "ERR the log cannot be read: \(error.description)"
    case .noSnapshots: "ERR no snapshots are kept: their directory could not be opened at the start"
    case .failedSnapshot(let error): "ERR no snapshot: \(error.description)"
    case .invalidStreamID:
      "ERR Invalid stream ID specified as stream command argument"
    case .unbalancedStreams:
      "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified."
    case .noSuchStream: "ERR no such key"
    case .streamSyntax: "ERR syntax error"
    case .streamInfoSyntax:
      "ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP."
    case .streamInteger: "ERR value is not an integer or out of range"
    case .streamTimeout(let problem): "ERR timeout \(problem)"
    case .emptyStreamInterval(let end): "ERR invalid \(end) ID for the interval"
    case .noSuchDatabase: "ERR DB index is out of range"
    case .invalidClientName:
      "ERR Client names cannot contain spaces, newlines or special characters."
    }
  }

  /// At most 64 printable ASCII characters of what a peer sent.
  private func harmless(_ name: [UInt8]) -> String {
    let printable = name.prefix(64).map { (0x20..<0x7f).contains($0) && $0 != 0x27 ? $0 : 0x3f }
    return String(decoding: printable, as: UTF8.self)
  }
}

extension LoginFailure {
  fileprivate var reply: String {
    switch self {
    case .refused: "TOKENINVALID the SSO refused the code"
    case .misconfigured: CommandError.misconfigured.text
    case .incomplete: "INCOMPLETE the SSO gave no usable answer to the login"
    case .unavailable: "SSOUNAVAILABLE the SSO gave no answer to the login"
    }
  }
}

extension Rejection {
  fileprivate var reply: String {
    switch self {
    case .invalid(let argument, let expected): "ERR \(argument) must be \(expected)"
    case .limit(let what, let maximum): "LIMIT \(what): at most \(maximum)"
    case .tokenNotFound(let id): CommandError.notFound(id).text
    case .nothingToRestore(let id): "CONFLICT the token \(id.rawValue) is not deleted"
    case .secretsErased(let id): CommandError.gone(id).text
    case .notRefreshable(let id):
      "NOTREFRESHABLE the token \(id.rawValue) has no usable refresh token"
    case .tokenHeldBack(let id):
      "TOKENINVALID the token \(id.rawValue) is held back after a definite failure"
    case .unknownFence(let id): "CONFLICT no lease of the token \(id.rawValue) has that fence"
    case .keyReused: "CONFLICT the key was used for another request"
    case .identifierTaken(let id): "CONFLICT the id \(id.rawValue) is taken"
    case .versionConflict(let current, let expected):
      "CONFLICT the token's version is \(current), not \(expected)"
    case .identifiersExhausted: "LIMIT the token ids are used up"
    }
  }
}
