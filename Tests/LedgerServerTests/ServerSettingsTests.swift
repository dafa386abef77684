// Who gets which role: by uid, by main group or by another group, the highest that any grant gives;
// and the limits, which are those of schema/protocol.md.

import LinuxIO
import RESP
import Testing

@testable import LedgerServer

@Suite struct ServerSettingsTests {
  private func role(uid: UInt32, gid: UInt32, groups: [UInt32] = []) -> Role {
    var settings = ServerSettings()
    settings.grants = [
      RoleGrant(role: .reader, subject: .group(GroupID(rawValue: 40_033))),
      RoleGrant(role: .writer, subject: .user(UserID(rawValue: 40_007))),
      RoleGrant(role: .user, subject: .user(UserID(rawValue: 40_007))),
      RoleGrant(role: .refresher, subject: .group(GroupID(rawValue: 40_044))),
    ]
    let peer = PeerCredentials(
      process: .current, user: UserID(rawValue: uid), group: GroupID(rawValue: gid))
    return settings.role(of: peer, groups: groups.map(GroupID.init(rawValue:)))
  }

  @Test func `the daemon's own user is admin, a stranger is nobody`() {
    #expect(role(uid: UserID.current.rawValue, gid: 1) == .admin)
    #expect(role(uid: 40_001, gid: 40_001) == .none)
    #expect(role(uid: 40_033, gid: 40_007) == .none)
  }

  @Test func `the highest grant of user and groups counts`() {
    #expect(role(uid: 40_001, gid: 40_033) == .reader)
    #expect(role(uid: 40_001, gid: 40_001, groups: [5, 40_033]) == .reader)
    #expect(role(uid: 40_001, gid: 40_033, groups: [40_044]) == .refresher)
    #expect(role(uid: 40_007, gid: 40_044) == .writer)
  }

  @Test func `the limits are the documented ones`() {
    let limits = ServerLimits()
    #expect(limits.maximumConnections == 10_000)
    #expect(limits.maximumReplyBytes == 64 << 20)
    #expect(limits.maximumUnsentBytes == 1 << 20)
    #expect(limits.maximumPendingBytes == 16 << 20)
    #expect(limits.request.maximumArguments == 65_536)
    #expect(limits.request.maximumBulkBytes == 1 << 20)
    #expect(limits.request.maximumRequestBytes == 16 << 20)
    #expect(limits.request.maximumInlineBytes == 64 << 10)
  }
}
