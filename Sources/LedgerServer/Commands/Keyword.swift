// The keywords of all commands: schema/commands.json has them as the `token`s of arguments.
// One enum for all commands, so that a word is looked up once, whatever it may mean there; each
// command refuses those that are not its own.

/// A word that introduces a value, or is an argument by itself.
enum Keyword: UInt8, CaseIterable, Sendable {
  case access, actor, add, after, asof, at, block, character, `class`, code, count, created, dryrun
  case equivalent, exactly, exists, expect, expired
  case fields, first, fraction, fresh, full, grace, held, id, ids, key, limit, list, logins, name,
    new
  case norefresh, nouser, owner, reason
  case refresh, retryafter, returnto, revocations, revoke, session, since, timeout, token, until,
    unverified
  case refreshable, rev, scopes, setname, ssoversion, streams, type, user

  /// The keyword in capitals, as documentation shows it.
  var word: String { "\(self)".uppercased() }

  /// Finds keywords in any case.
  static let table = NameTable(allCases.map { ($0.word, $0) })
}
