// What the operator may set, and every limit of the socket, by name: schema/protocol.md lists the
// limits. A value; the server replaces it as a whole when it is told to read its settings again, so
// that no half of a change is ever seen.

import LedgerStore
public import LinuxIO
public import RESP
public import TokenLedger

/// The settings of a server.
public struct ServerSettings: Sendable {
  /// How long a token is valid after `created`.
  public var validDuration = ValidDuration.standard
  /// How long a worker has for a refresh before somebody else may try.
  public var leaseMicroseconds: Int64 = 120_000_000
  /// When definite failures stop ending tokens; nil: never.
  public var deletionGuard: GuardThreshold? = .standard
  /// For how long after its last use a token is kept fresh unasked; 0: not at all.
  public var keepFreshMicroseconds: Int64 = 0
  /// How old a token may get before it is refreshed unasked; 0: as old as it likes.
  public var keepAliveMicroseconds: Int64 = 0
  /// How the log is rewritten.
  public var compaction = CompactionSettings()
  /// After so many new events a snapshot is made unasked; 0: never.
  public var snapshotEventCount: UInt64 = 1_000_000
  /// Where people log in; nil: nobody does.
  public var sso: SSOSettings?
  /// Whether workers are started by whoever runs the server: then askers wait for one to connect.
  public var hasRefreshers = false
  /// Roles for users and groups, besides the daemon's own user, who is admin.
  public var grants: [RoleGrant] = []
  /// The limits of the socket.
  public var limits = ServerLimits()
  /// What CONFIG GET shows besides: names and values as the operator wrote them.
  public var shown: [(name: String, value: String)] = []
  /// The program's version, for HELLO and INFO.
  public var programVersion = ""

  /// The standard settings.
  public init() {}

  /// The highest role that the peer has by itself or by one of its groups.
  public func role(of peer: PeerCredentials, groups: [GroupID]) -> Role {
    if peer.user == UserID.current { return .admin }
    let matching = grants.filter { grant in
      switch grant.subject {
      case .user(let user): user == peer.user
      case .group(let group): group == peer.group || groups.contains(group)
      }
    }
    return matching.map(\.role).max() ?? .none
  }
}

/// How and when the log is rewritten without its dead secrets.
public struct CompactionSettings: Hashable, Sendable {
  /// After so many new segments it is done unasked; 0: never.
  public var segmentCount = 16
  /// How long a deleted token keeps its secrets, in milliseconds.
  public var graceMilliseconds = CompactionRequest.standardGraceMilliseconds
  /// How many bytes a second are read and written for it; 0: as many as the disk takes.
  public var bytesPerSecond = 64 << 20

  /// The standard settings.
  public init() {}
}

/// A role for a user or a group.
public struct RoleGrant: Hashable, Sendable {
  /// Who gets it.
  public enum Subject: Hashable, Sendable {
    /// A process of this user.
    case user(UserID)
    /// A process with this group, primary or supplementary.
    case group(GroupID)
  }

  /// What they may do.
  public var role: Role
  /// Who gets it.
  public var subject: Subject

  /// Puts a grant together.
  public init(role: Role, subject: Subject) {
    self.role = role
    self.subject = subject
  }
}

/// The limits of the socket; beyond each there is a clear error, and nothing is lost.
public struct ServerLimits: Sendable {
  /// Connections at a time; one more is told so and closed.
  public var maximumConnections = 10_000
  /// Bytes of one reply, other than lists of events, which are written in slices.
  public var maximumReplyBytes = 64 * 1024 * 1024
  /// Unsent bytes of a connection above which its requests are left unread.
  public var maximumUnsentBytes = 1024 * 1024
  /// Bytes of events waiting for the disk above which writes wait.
  public var maximumPendingBytes = 16 * 1024 * 1024
  /// The limits of one request.
  public var request = RequestLimits()

  /// The standard limits.
  public init() {}
}

/// What INFO counts.
struct ServerFigures {
  var connectionsAccepted: Int64 = 0
  var connectionsRefused: Int64 = 0
  var commandsProcessed: Int64 = 0
  var errorsReplied: Int64 = 0
  var commitsDurable: Int64 = 0
  var commitsRefused: Int64 = 0
  var compactionsDone: Int64 = 0
  var compactionsFailed: Int64 = 0
  var snapshotsDone: Int64 = 0
  var snapshotsFailed: Int64 = 0
}
