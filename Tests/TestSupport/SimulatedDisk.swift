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

/// The files of a simulated disk.
struct SimulatedDisk: Sendable {
  static let sectorSizeBytes = 512

  /// A change of a file that was not synced.
  enum Change: Sendable {
    case write([UInt8], offset: Int)
    case truncate(sizeBytes: Int)
  }

  /// A file, with or without a name.
  struct File: Sendable {
    var content: [UInt8] = []
    var durable: [UInt8] = []
    var unsynced: [Change] = []
  }

  var files: [File] = []
  /// The names as programs see them.
  var names: [String: Int] = [:]
  /// The names after each change of the directory since its last sync, the synced ones first.
  var nameHistory: [[String: Int]] = [[:]]

  /// The size of all named files.
  var usedBytes: Int { names.values.reduce(0) { $0 + files[$1].content.count } }

  mutating func changeNames(_ body: (inout [String: Int]) -> Void) {
    body(&names)
    nameHistory.append(names)
  }

  mutating func syncNames() {
    nameHistory = [names]
  }

  mutating func change(_ file: Int, _ change: Change) {
    Self.apply(change, to: &files[file].content)
    files[file].unsynced.append(change)
  }

  mutating func sync(_ file: Int) {
    files[file].durable = files[file].content
    files[file].unsynced = []
  }

  /// The disk after a crash: the synced state, and of the rest what is kept.
  ///
  /// Changes of names happen in order, so a crash keeps the first `namesKept` of them.
  func afterCrash(
    namesKept: Int, keeping isKept: (UnsyncedSector) -> Bool
  ) -> SimulatedDisk {
    var disk = SimulatedDisk()
    for (number, file) in files.enumerated() {
      var content = file.durable
      for (index, change) in file.unsynced.enumerated() {
        for (sector, part) in Self.parts(of: change) {
          if isKept(UnsyncedSector(file: number, change: index, sector: sector)) {
            Self.apply(part, to: &content)
          }
        }
      }
      disk.files.append(File(content: content, durable: content, unsynced: []))
    }
    disk.names = nameHistory[min(namesKept, nameHistory.count - 1)]
    disk.nameHistory = [disk.names]
    return disk
  }

  /// A change, sector by sector.
  private static func parts(of change: Change) -> [(sector: Int, part: Change)] {
    guard case .write(let bytes, let offset) = change else { return [(-1, change)] }
    var parts: [(Int, Change)] = []
    var start = offset
    while start < offset + bytes.count {
      let sector = start / sectorSizeBytes
      let end = min((sector + 1) * sectorSizeBytes, offset + bytes.count)
      parts.append((sector, .write(Array(bytes[start - offset..<end - offset]), offset: start)))
      start = end
    }
    return parts
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
