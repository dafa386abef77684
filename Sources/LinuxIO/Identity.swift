// Who somebody is to the kernel: users, groups, processes. One-field types, so that a uid is
// never passed where a pid was meant. A process's number is used again after it: it is for
// messages and records, and grants nothing. credentials(7).

internal import Glibc

/// A user, by number.
public struct UserID: RawRepresentable, Hashable, Sendable {
  /// The number of the user; 0 is root.
  public let rawValue: UInt32

  /// Takes the number of a user.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The user this process acts as.
  public static var current: UserID { UserID(rawValue: geteuid()) }
}

/// A group of users, by number.
public struct GroupID: RawRepresentable, Hashable, Sendable {
  /// The number of the group.
  public let rawValue: UInt32

  /// Takes the number of a group.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The group this process acts as.
  public static var current: GroupID { GroupID(rawValue: getegid()) }
}

/// A process, by number.
public struct ProcessID: RawRepresentable, Hashable, Sendable {
  /// The number of the process, above 0; numbers are used again after a process is gone.
  public let rawValue: Int32

  /// Takes the number of a process.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// This process.
  public static var current: ProcessID { ProcessID(rawValue: getpid()) }

  /// Whether a process of this number exists, whoever owns it; a zombie still counts.
  ///
  /// - Source: kill(2) with signal 0.
  public var isAlive: Bool {
    guard rawValue > 0 else { return false }  // 0 and below would ask about process groups.
    do throws(SystemError) {
      try check(.kill) { kill(rawValue, 0) }
      return true
    } catch {
      return error.code != .noSuchProcess
    }
  }
}

extension UserID: CustomStringConvertible {
  /// The number.
  public var description: String { String(rawValue) }
}

extension GroupID: CustomStringConvertible {
  /// The number.
  public var description: String { String(rawValue) }
}

extension ProcessID: CustomStringConvertible {
  /// The number.
  public var description: String { String(rawValue) }
}
