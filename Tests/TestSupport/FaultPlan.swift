// Which calls of a simulated disk fail, when, how often and with what. A plan is a value: the same
// plan over the same calls fails the same ones. Calls are counted from the moment that the storage
// is given the plan.

public import LinuxIO

/// One thing that goes wrong.
public struct Fault: Sendable {
  /// The calls that it can hit.
  public var calls: Set<StorageCall>
  /// The first of them that fails, counted from 1.
  public var number: Int
  /// How many in a row fail from there; `Int.max` for good.
  public var times: Int
  /// What they fail with.
  public var code: Errno

  /// Puts a fault together.
  public init(
    _ calls: Set<StorageCall>, number: Int = 1, times: Int = 1, with code: Errno = .ioError
  ) {
    precondition(code != .interrupted || times < .max, "a call that is interrupted comes through")
    self.calls = calls
    self.number = number
    self.times = times
    self.code = code
  }
}

/// What a failed sync does to the pages that it did not write.
public enum SyncFailure: CaseIterable, Sendable {
  /// They stay dirty: the next sync tries them again (older XFS, btrfs).
  case keepsPagesDirty
  /// They count as clean: reads show them, the next sync succeeds without them, and a crash loses
  /// them (ext4).
  ///
  /// - Source: Rebello and others, "Can Applications Recover from fsync Failures?", ATC 2020.
  case losesPages
}

/// Several faults, and what failed syncs do.
public struct FaultPlan: Sendable {
  /// The faults; each counts its calls by itself, and the first that hits decides.
  public var faults: [Fault]
  /// What a failed sync does.
  public var syncFailure: SyncFailure

  /// A plan of these faults.
  public init(_ faults: [Fault] = [], syncFailure: SyncFailure = .keepsPagesDirty) {
    self.faults = faults
    self.syncFailure = syncFailure
  }

  /// A plan that follows from a seed: one to three faults, single, repeated or lasting, within the
  /// next `callCount` calls.
  public init(seed: UInt64, callCount: Int) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...3, using: &generator)
    let faults = (0..<count).map { _ in Fault(using: &generator, callCount: callCount) }
    let flavour = Bool.random(using: &generator)
    self.init(faults, syncFailure: flavour ? .losesPages : .keepsPagesDirty)
  }
}

extension Fault {
  private static let codes: [Errno] = [
    .ioError, .noSpace, .interrupted, .readOnlyFileSystem, .quotaExceeded,
  ]

  fileprivate init(using generator: inout SeededGenerator, callCount: Int) {
    let code = Self.codes.randomElement(using: &generator) ?? .ioError
    let number = Int.random(in: 1...max(1, callCount), using: &generator)
    let lengths = code == .interrupted ? [1, 3] : [1, 2, 5, Int.max]
    let times = lengths.randomElement(using: &generator) ?? 1
    self.init(StorageCall.all(thatGive: code), number: number, times: times, with: code)
  }
}

extension StorageCall {
  /// The calls that can give an error number.
  fileprivate static func all(thatGive code: Errno) -> Set<StorageCall> {
    switch code {
    case .noSpace, .quotaExceeded: [.create, .rename, .write, .sync, .syncDirectory]
    case .readOnlyFileSystem: [.create, .rename, .remove, .write, .truncate, .sync]
    default: Set(allCases)
    }
  }
}

/// The faults of a plan while its calls are counted.
struct FaultCounter: Sendable {
  private var faults: [(fault: Fault, seen: Int)] = []

  mutating func add(_ fault: Fault) { faults.append((fault, 0)) }

  /// Counts a call, and says what it fails with, if it does.
  mutating func failure(of call: StorageCall) -> Errno? {
    var code: Errno?
    for index in faults.indices where faults[index].fault.calls.contains(call) {
      faults[index].seen += 1
      let (fault, seen) = faults[index]
      if seen >= fault.number && seen - fault.number < fault.times { code = code ?? fault.code }
    }
    faults.removeAll { $0.fault.times < .max && $0.seen >= $0.fault.number + $0.fault.times - 1 }
    return code
  }
}
