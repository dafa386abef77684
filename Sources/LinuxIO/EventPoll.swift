// Which descriptors are ready: epoll(7), level-triggered. A set belongs to the thread that waits
// on it.
//
// The kernel hands back a 64-bit word with each event. Ours holds the descriptor and a generation
// that its owner counts up whenever the number comes into use again. Why: one wait can bring two
// events that belong together. The first makes the loop close descriptor 7, an accept takes over
// the number, and the second event still means the old one. Its generation says so.

internal import CLinux
internal import Glibc

/// The word that comes back with an event: a descriptor, and which use of its number it is.
///
///     63            32 31             0
///     | generation    | descriptor    |     descriptor 7 in its second use: 0x0000_0002_0000_0007
public struct EventWord: RawRepresentable, Hashable, Sendable {
  /// The generation in the upper half, the descriptor in the lower.
  public let rawValue: UInt64

  /// Takes a word as it came from the kernel.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Puts a word together.
  public init(descriptor: CInt, generation: UInt32) {
    rawValue = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
  }

  /// The number of the descriptor.
  public var descriptor: CInt { CInt(truncatingIfNeeded: rawValue) }

  /// Which use of the number it is.
  public var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}

/// What a descriptor is watched for; an error or a full hang-up is always reported.
public struct EventInterest: OptionSet, Sendable {
  /// The bits of epoll_ctl(2).
  public let rawValue: UInt32

  /// Takes bits of epoll_ctl(2).
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// EPOLLIN: there is something to read, or to accept.
  public static var readable: EventInterest { EventInterest(rawValue: cl_EPOLLIN) }
  /// EPOLLOUT: there is room to write.
  public static var writable: EventInterest { EventInterest(rawValue: cl_EPOLLOUT) }
  /// EPOLLRDHUP: the peer will send nothing more.
  public static var peerFinished: EventInterest { EventInterest(rawValue: cl_EPOLLRDHUP) }
}

/// One descriptor that is ready.
public struct PollEvent: Equatable, Sendable {
  /// The word it was added with.
  public let word: EventWord
  /// The bits of epoll_wait(2).
  let bits: UInt32

  init(word: EventWord, bits: UInt32) {
    self.word = word
    self.bits = bits
  }

  /// An event that no kernel reported: simulations.
  package init(word: EventWord, ready: EventInterest, isClosed: Bool) {
    self.init(word: word, bits: ready.rawValue | (isClosed ? cl_EPOLLHUP : 0))
  }

  /// Whether a read would not wait; also at the end of the stream, and after an error.
  public var isReadable: Bool { bits & (cl_EPOLLIN | cl_EPOLLHUP | cl_EPOLLERR) != 0 }
  /// Whether a write would not wait; also when it would fail.
  public var isWritable: Bool { bits & (cl_EPOLLOUT | cl_EPOLLHUP | cl_EPOLLERR) != 0 }
  /// Whether the peer will send nothing more.
  public var isPeerFinished: Bool { bits & (cl_EPOLLRDHUP | cl_EPOLLHUP) != 0 }
  /// Whether both directions are closed, or the descriptor has an error.
  public var isClosed: Bool { bits & (cl_EPOLLHUP | cl_EPOLLERR) != 0 }
}

/// A set of watched descriptors, closed when its owner is gone.
///
/// A watched descriptor must be removed before it is closed: while another process holds a copy of
/// it, the kernel would go on reporting it.
public struct EventPoll: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// Makes an empty set.
  ///
  /// - Throws: `SystemError` with EMFILE or ENFILE.
  public init() throws(SystemError) {
    descriptor = FileDescriptor(owning: try check(.epollCreate) { cl_epoll_create() })
  }

  /// Starts to watch the descriptor of `word`; its events bring the word back.
  ///
  /// - Throws: `SystemError` with ENOSPC, ENOMEM, EEXIST when it is watched already, or EPERM for
  ///   a regular file.
  public func add(_ word: EventWord, for interest: EventInterest) throws(SystemError) {
    try control(cl_EPOLL_CTL_ADD, word, interest)
  }

  /// Changes what a watched descriptor is watched for, and its word.
  ///
  /// - Throws: `SystemError` with ENOENT when it is not watched, or ENOMEM.
  public func modify(_ word: EventWord, for interest: EventInterest) throws(SystemError) {
    try control(cl_EPOLL_CTL_MOD, word, interest)
  }

  /// Stops watching a descriptor.
  ///
  /// - Throws: `SystemError` with ENOENT when it is not watched.
  public func remove(descriptor number: CInt) throws(SystemError) {
    try control(cl_EPOLL_CTL_DEL, EventWord(descriptor: number, generation: 0), [])
  }

  private func control(
    _ operation: CInt, _ word: EventWord, _ interest: EventInterest
  ) throws(SystemError) {
    try check(.epollControl) {
      cl_epoll_ctl(
        descriptor.rawValue, operation, word.descriptor, interest.rawValue, word.rawValue)
    }
  }

  /// Waits until something is ready or the time has passed, and fills the buffer with what is.
  ///
  /// A signal ends the wait early with no event: the caller computes its timeout anew on every
  /// pass, and waiting again for the whole of it would be too long.
  ///
  /// - Parameters:
  ///   - timeoutMilliseconds: how long to wait; 0 only looks, -1 waits for ever.
  ///   - buffer: its events are replaced.
  /// - Throws: `SystemError` of epoll_wait(2).
  /// - Complexity: one system call, no allocation.
  public func wait(
    timeoutMilliseconds: Int32, into buffer: inout EventBuffer
  ) throws(SystemError) {
    let count = unsafe buffer.withRoom { events in
      unsafe epoll_wait(
        descriptor.rawValue, events.baseAddress, CInt(events.count), timeoutMilliseconds)
    }
    buffer.count = max(0, Int(count))
    guard count == -1 else { return }
    let code = lastErrno(of: .epollWait)
    if code != .interrupted { throw SystemError(.epollWait, code) }
  }
}

/// Room for the events of one wait, made once and used again.
@safe public struct EventBuffer: ~Copyable {
  private var storage: [epoll_event]

  /// How many events the last wait brought.
  public internal(set) var count = 0

  /// Makes room for at most `capacity` events of one wait; more of them come with the next one.
  public init(capacity: Int) {
    precondition(capacity > 0, "a wait without room for events would never bring any")
    unsafe storage = [epoll_event](repeating: epoll_event(), count: capacity)
  }

  /// The event at an index below `count`.
  public subscript(index: Int) -> PollEvent {
    precondition(index >= 0 && index < count, "no such event in the last wait")
    let event = unsafe storage[index]
    return unsafe PollEvent(word: EventWord(rawValue: event.data.u64), bits: event.events)
  }

  mutating func withRoom(_ body: (UnsafeMutableBufferPointer<epoll_event>) -> CInt) -> CInt {
    unsafe storage.withUnsafeMutableBufferPointer { unsafe body($0) }
  }
}
