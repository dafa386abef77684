// What a command needs to know of the connection that it came on: who is at the other end, and what
// was agreed. No descriptor, no buffer: the same session serves a socket and a call in process.
// The identity is what the kernel attested at the connect; it never changes.

import LinuxIO
import RESP
import TokenLedger

/// Who asks, and how they want to be answered.
///
/// A class, because CLIENT LIST looks at all sessions while one of them is being served.
final class Session {
  /// The number of the connection, from 1, never used twice.
  let number: Int64
  /// What the kernel says of the other end.
  let peer: PeerCredentials
  /// The supplementary groups of the other end.
  let groups: [GroupID]
  /// When it connected.
  let connected: UnixTime
  /// What it may do.
  var role: Role
  /// RESP2 or RESP3.
  var version = ProtocolVersion.two
  /// The name that it gave itself.
  var clientName: Text?
  /// The client library, as it says.
  var libraryName: Text?
  /// The version of the client library, as it says.
  var libraryVersion: Text?
  /// Writes of this session whose replies are held until they are durable.
  var hasHeldReplies = false
  /// The name of the last command, for CLIENT LIST.
  var lastCommand: CommandName?
  /// What it waits for, or has not taken yet, as of when all sessions were last looked at.
  var backlog = Backlog()

  /// What a connection has ahead of it.
  struct Backlog {
    /// Bytes of replies that it has not taken.
    var unsentBytes = 0
    /// Events of a list that are not written yet, because it does not take those before.
    var unwrittenEvents = 0
    /// Whether it waits for the next event.
    var isBlocked = false
  }

  /// Whom events name.
  var actor: Actor {
    .peer(
      uid: peer.user.rawValue, pid: UInt32(bitPattern: peer.process.rawValue),
      clientName: clientName)
  }

  init(
    number: Int64, peer: PeerCredentials, groups: [GroupID], connected: UnixTime, role: Role,
    version: ProtocolVersion = .two
  ) {
    self.number = number
    self.peer = peer
    self.groups = groups
    self.connected = connected
    self.role = role
    self.version = version
  }

  /// Back to how a connection starts; the role stays.
  func reset() {
    version = .two
    clientName = nil
  }
}
