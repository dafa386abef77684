// The kinds of events by number and by name: schema/events.md section 3.
// Invariant: a tag on disk is never renumbered and never used again; below 64 the event happens to
// a token, from 64 on to the ledger itself.

extension Event {
  /// The on-disk tags, never renumbered.
  public enum Tag: UInt8, Sendable, CaseIterable {
    /// See ``Event/Body/created(_:)``.
    case created = 1
    /// See ``Event/Body/scopesGranted(_:)``.
    case scopesGranted = 2
    /// See ``Event/Body/refreshStarted(_:)``.
    case refreshStarted = 3
    /// See ``Event/Body/refreshed(_:)``.
    case refreshed = 4
    /// See ``Event/Body/refreshFailed(_:)``.
    case refreshFailed = 5
    /// See ``Event/Body/deleted``.
    case deleted = 6
    /// See ``Event/Body/restored``.
    case restored = 7
    /// See ``Event/Body/loggedIn(_:)``.
    case loggedIn = 8
    /// See ``Event/Body/revoked(_:)``.
    case revoked = 9
    /// See ``Event/Body/erased``.
    case erased = 10
    /// See ``Event/Body/opened(_:)``.
    case opened = 64
    /// See ``Event/Body/recovered(_:)``.
    case recovered = 65
    /// See ``Event/Body/compacted(_:)``.
    case compacted = 66
    /// See ``Event/Body/compactionStarted(_:)``.
    case compactionStarted = 67

    /// The name in the protocol and in every output.
    public var name: StaticString {
      switch self {
      case .created: "created"
      case .scopesGranted: "scopesGranted"
      case .refreshStarted: "refreshStarted"
      case .refreshed: "refreshed"
      case .refreshFailed: "refreshFailed"
      case .deleted: "deleted"
      case .restored: "restored"
      case .loggedIn: "loggedIn"
      case .revoked: "revoked"
      case .erased: "erased"
      case .opened: "opened"
      case .recovered: "recovered"
      case .compacted: "compacted"
      case .compactionStarted: "compactionStarted"
      }
    }

    /// Whether the event happens to a token rather than to the ledger itself.
    public var concernsToken: Bool { rawValue < Tag.opened.rawValue }
  }

  /// The tag of what happened.
  public var tag: Tag {
    switch body {
    case .created: .created
    case .scopesGranted: .scopesGranted
    case .refreshStarted: .refreshStarted
    case .refreshed: .refreshed
    case .refreshFailed: .refreshFailed
    case .deleted: .deleted
    case .restored: .restored
    case .loggedIn: .loggedIn
    case .revoked: .revoked
    case .erased: .erased
    case .opened: .opened
    case .recovered: .recovered
    case .compacted: .compacted
    case .compactionStarted: .compactionStarted
    }
  }

  /// The secrets that the event records, in the order of their sections; absent ones left out.
  public var secrets: [RecordedSecret] {
    let recorded: [RecordedSecret?] =
      switch body {
      case .created(let creation): [creation.access, creation.refresh]
      case .refreshed(let refresh): [refresh.access, refresh.refresh]
      case .refreshFailed(let failure): [failure.rotated]
      case .loggedIn(let login): [login.access, login.refresh]
      default: []
      }
    return recorded.compactMap { $0 }
  }

  /// How many of the event's secrets are present, which is how many sections its frame has.
  public var sectionCount: Int { secrets.count { $0.digest != nil } }
}
