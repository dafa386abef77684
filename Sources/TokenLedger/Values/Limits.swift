// Every limit of the domain, by name. Beyond one: a `Rejection.limit`, and nothing changes.
// The numbers of schema/protocol.md, "Limits", are these. They bound what a command may bring;
// `apply` takes what an older log holds, also where a limit has been lowered since.

/// The limits of what one token and one command may hold.
public enum Limits {
  /// Bytes of one scope name.
  ///
  /// EVE's longest is below 100; a Django column may hold more.
  public static let scopeNameBytes = 1024
  /// Scopes of one token.
  public static let scopesPerToken = 4096
  /// Bytes of a character name.
  public static let characterNameBytes = 1024
  /// Bytes of an owner hash.
  public static let ownerHashBytes = 255
  /// Bytes of a user.
  public static let userBytes = 255
  /// Bytes of a reason.
  public static let reasonBytes = 1024
  /// Bytes of a failure's code.
  public static let failureCodeBytes = 255
  /// How long a provider may ask to wait, in milliseconds: 7 days.
  public static let retryAfterMilliseconds = 7 * 24 * 3600 * 1000
  /// Bytes of an idempotency key.
  public static let keyBytes = 255
  /// Bytes of the name a client gives itself.
  public static let clientNameBytes = 255
  /// Bytes of an access token or a refresh token.
  public static let secretBytes = 64 * 1024
  /// The highest SSO version, as Django's small integer column has it.
  public static let ssoVersion = 32767
  /// Events that one command may append: all of them become durable together or not at all.
  public static let eventsPerCommand = 100_000
}
