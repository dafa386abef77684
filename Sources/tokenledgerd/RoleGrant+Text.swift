// A grant as a setting: `reader uid 1001`. What is read here is what CONFIG GET shows again.
// Pure; the form is named as an error shows it.
// schema/protocol.md, "Identity and roles".

import LedgerServer
import LinuxIO

extension RoleGrant {
  static let form = "ROLE uid N or ROLE gid N, with ROLE reader, user, refresher, writer or admin"

  /// Reads `reader uid 1001`.
  init?(_ text: String) {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard words.count == 3, let number = UInt32(words[2]),
      let role = Role.allCases.first(where: { "\($0)" == words[0] && $0 != .none })
    else { return nil }
    switch words[1] {
    case "uid": self.init(role: role, subject: .user(UserID(rawValue: number)))
    case "gid": self.init(role: role, subject: .group(GroupID(rawValue: number)))
    default: return nil
    }
  }

  /// The grant as it is written.
  var text: String {
    switch subject {
    case .user(let user): "\(role) uid \(user)"
    case .group(let group): "\(role) gid \(group)"
    }
  }
}
