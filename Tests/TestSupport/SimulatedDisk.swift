// The state of a simulated disk: what a crash keeps, and what it may lose. Pure bookkeeping; the
// calls and their faults are in `SimulatedStorage`.
//
//     write, truncate ──> content + unsynced list ── sync ──> durable content
//     create, rename, remove ──> names + unsynced list ── syncDirectory ──> durable names

/// A part of an unsynced write within one 512-byte sector: what a disk keeps or loses as a whole.
public struct UnsyncedSector: Hashable, Sendable {
  /// The file, by the number of its making.
  public let file: Int
  /// The write among the file's unsynced changes, from 0.
  public let change: Int
  /// The sector of the file; -1 for a change of the size.
  public let sector: Int
}

/// The files of a simulated disk, a value: a copy is what the disk was at that moment.
public struct SimulatedDisk: Sendable {
  static let sectorSizeBytes = 512

  /// A change of a file that was not synced.
  enum Change: Sendable {
    case write([UInt8], offset: Int)
    case truncate(sizeBytes: Int)
  }

  /// A change of the directory: the names that it sets, nil for one that it takes away.
  ///
  /// A rename is one change: file systems that the log runs on keep it whole.
  typealias NameChange = [String: Int?]

  /// A file, with or without a name.
  struct File: Sendable {
    var content: [UInt8] = []
    var durable: [UInt8] = []
    var unsynced: [Change] = []
    /// Whether a failed sync lost writes that the content still shows.
    var hasLostWrites = false
  }

  var files: [File] = []
  /// The names as programs see them.
  private(set) var names: [String: Int] = [:]
  private var durableNames: [String: Int] = [:]
  /// The changes of the directory since its last sync.
  private var nameChanges: [NameChange] = []

  init() {}

  /// The size of all named files.
  var usedBytes: Int { names.values.reduce(0) { $0 + files[$1].content.count } }

  mutating func changeNames(_ change: NameChange) {
    Self.apply(change, to: &names)
    nameChanges.append(change)
  }

  mutating func syncNames() {
    durableNames = names
    nameChanges = []
  }

  mutating func change(_ file: Int, _ change: Change) {
    Self.apply(change, to: &files[file].content)
    files[file].unsynced.append(change)
  }

  mutating func sync(_ file: Int) {
    if files[file].hasLostWrites {
      // Only what was written since the loss goes to the disk.
      for change in files[file].unsynced { Self.apply(change, to: &files[file].durable) }
    } else {
      files[file].durable = files[file].content
    }
    files[file].unsynced = []
  }

  /// What a failed sync does on ext4: the pages count as clean, and the disk does not have them.
  ///
  /// Reads still show them. Changes of the size are the journal's and stay.
  mutating func loseWrites(_ file: Int) {
    files[file].unsynced.removeAll {
      guard case .write = $0 else { return false }
      return true
    }
    files[file].hasLostWrites = true
  }

  /// Turns one bit of a file, in memory and on the disk.
  mutating func flipBit(_ bit: Int, of file: Int) {
    for path in [\File.content, \File.durable] where bit / 8 < files[file][keyPath: path].count {
      files[file][keyPath: path][bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }
}

// MARK: Crashes

extension SimulatedDisk {
  /// How many changes of names a crash may lose now.
  public var unsyncedNameCount: Int { nameChanges.count }

  /// All parts of writes that a crash may lose now, of the files that may have a name after it.
  public var unsyncedSectors: [UnsyncedSector] {
    let reachable = reachableFiles
    return files.indices.filter(reachable.contains).flatMap { file in
      files[file].unsynced.enumerated().flatMap { index, change in
        Self.sectors(of: change).map { UnsyncedSector(file: file, change: index, sector: $0) }
      }
    }
  }

  /// The files that have a name now, or may have one after a crash.
  private var reachableFiles: Set<Int> {
    Set(durableNames.values).union(nameChanges.flatMap { $0.values.compactMap { $0 } })
  }

  /// The disk after a crash: the synced state, and of the rest what is kept.
  ///
  /// - Parameters:
  ///   - isNameKept: Whether an unsynced change of names, by its number from 0, is kept.
  ///   - isKept: Whether a sector of an unsynced write is kept; asked once for each of
  ///     `unsyncedSectors`, in their order.
  /// - Returns: a disk on which everything is synced.
  public func afterCrash(
    keepingName isNameKept: (Int) -> Bool, keeping isKept: (UnsyncedSector) -> Bool
  ) -> SimulatedDisk {
    var disk = SimulatedDisk()
    let reachable = reachableFiles
    disk.files = files.indices.map { file in
      guard reachable.contains(file) else { return File() }
      let content = contentAfterCrash(of: file, keeping: isKept)
      return File(content: content, durable: content)
    }
    disk.names = durableNames
    for (number, change) in nameChanges.enumerated() where isNameKept(number) {
      Self.apply(change, to: &disk.names)
    }
    disk.durableNames = disk.names
    return disk
  }

  private func contentAfterCrash(
    of file: Int, keeping isKept: (UnsyncedSector) -> Bool
  ) -> [UInt8] {
    var content = files[file].durable
    for (index, change) in files[file].unsynced.enumerated() {
      for sector in Self.sectors(of: change)
      where isKept(UnsyncedSector(file: file, change: index, sector: sector)) {
        Self.apply(Self.part(of: change, in: sector), to: &content)
      }
    }
    return content
  }

  /// The name and content of each file, sorted by name.
  public var contents: [(name: String, bytes: [UInt8])] {
    names.sorted { $0.key < $1.key }.map { ($0.key, files[$0.value].content) }
  }

  /// The sectors that a change touches.
  private static func sectors(of change: Change) -> ClosedRange<Int> {
    guard case .write(let bytes, let offset) = change else { return -1 ... -1 }
    return offset / sectorSizeBytes...(offset + max(1, bytes.count) - 1) / sectorSizeBytes
  }

  /// A change as far as it is in one sector.
  private static func part(of change: Change, in sector: Int) -> Change {
    guard case .write(let bytes, let offset) = change else { return change }
    let start = max(offset, sector * sectorSizeBytes)
    let end = min(offset + bytes.count, (sector + 1) * sectorSizeBytes)
    return .write(Array(bytes[start - offset..<end - offset]), offset: start)
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    for (name, file) in change { names[name] = file }
  }

  private static func apply(_ change: Change, to content: inout [UInt8]) {
    switch change {
    case .write(let bytes, let offset):
      extend(&content, to: offset + bytes.count)
      content.withUnsafeMutableBytes { content in
        UnsafeMutableRawBufferPointer(rebasing: content[offset...]).copyBytes(from: bytes)
      }
    case .truncate(let size):
      if size < content.count { content.removeLast(content.count - size) }
      extend(&content, to: size)
    }
  }

  private static func extend(_ content: inout [UInt8], to size: Int) {
    if content.count < size { content += [UInt8](repeating: 0, count: size - content.count) }
  }
}
