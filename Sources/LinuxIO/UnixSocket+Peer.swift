// Who is at the other end, attested by the kernel at the moment of connecting. A peer cannot
// forge it, and does not change it by changing its own ids afterwards. User and groups may decide
// what a peer is allowed; the process is for the record only, as it may have ended. unix(7).

internal import CLinux
internal import Glibc

/// The identity of a peer as the kernel saw it when the peer connected.
public struct PeerCredentials: Hashable, Sendable {
  /// The peer's process; it may be gone by now, and its number used again.
  public let process: ProcessID
  /// The peer's user.
  public let user: UserID
  /// The peer's main group.
  public let group: GroupID

  /// Names an identity.
  public init(process: ProcessID, user: UserID, group: GroupID) {
    self.process = process
    self.user = user
    self.group = group
  }
}

extension UnixSocket {
  /// The most groups a process of Linux can be in, NGROUPS_MAX.
  static let groupLimit = 65_536

  /// Who connected.
  ///
  /// - Throws: `SystemError` of getsockopt(2).
  /// - Source: unix(7), SO_PEERCRED.
  public func peerCredentials() throws(SystemError) -> PeerCredentials {
    var (process, user, group): (pid_t, uid_t, gid_t) = (0, 0, 0)
    try check(.getsockopt) { unsafe cl_peer_credentials(rawValue, &process, &user, &group) }
    return PeerCredentials(
      process: ProcessID(rawValue: process), user: UserID(rawValue: user),
      group: GroupID(rawValue: group))
  }

  /// The groups the peer is in besides its main one, in the kernel's order.
  ///
  /// - Throws: `SystemError` of getsockopt(2).
  /// - Source: SO_PEERGROUPS, since Linux 4.13. The kernel answers ERANGE with the size it needs.
  public func peerGroups() throws(SystemError) -> [GroupID] {
    var groups = [gid_t](repeating: 0, count: 32)
    while true {
      do throws(SystemError) {
        let count = try copyPeerGroups(into: &groups)
        return groups.prefix(count).map(GroupID.init(rawValue:))
      } catch {
        guard error.code == .outOfRange, groups.count < Self.groupLimit else { throw error }
        groups = [gid_t](repeating: 0, count: 2 * groups.count)
      }
    }
  }

  private func copyPeerGroups(into groups: inout [gid_t]) throws(SystemError) -> Int {
    var size = socklen_t(groups.count * MemoryLayout<gid_t>.size)
    try check(.getsockopt) {
      unsafe getsockopt(rawValue, SOL_SOCKET, cl_SO_PEERGROUPS, &groups, &size)
    }
    return Int(size) / MemoryLayout<gid_t>.size
  }
}
