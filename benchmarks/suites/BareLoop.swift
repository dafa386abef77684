// What the disk allows: one pwrite and one fdatasync at a time, into room that was filled with
// zeros before, so that the file's size stays. Rivals: a program that did nothing else would be
// this fast. The room is written over and over, so the bytes go to pages that are in memory and
// blocks that exist. The log must always go on to new ones; that is part of the ratio.

import LinuxIO

/// A file of zeros that is written again and again.
final class BareLoop {
  private static let roomBytes = 8 << 20
  private let file: FileDescriptor
  private let record: [UInt8]
  private var offset = 0

  init(path: String, recordBytes: Int) throws {
    file = try FileDescriptor.open(path, .readWrite, [.createNew])
    try file.writeAll([UInt8](repeating: 0, count: Self.roomBytes).span, at: 0)
    try file.synchronize()
    record = [UInt8](repeating: 0x61, count: recordBytes)
  }

  /// Writes one record and waits until it is on the disk.
  func write() throws {
    if offset + record.count > Self.roomBytes { offset = 0 }
    let bytes = record
    try file.writeAll(bytes.span, at: Int64(offset))
    try file.synchronizeData()
    offset += record.count
  }

  /// A side that makes `count` events durable by each write.
  static func side(
    _ session: Session, _ name: String, recordBytes: Int, count: Int
  ) throws -> Side {
    let path = "\(session.directory.path)/bare-\(count)-\(recordBytes)"
    let loop = try BareLoop(path: path, recordBytes: recordBytes * count)
    return .bulk(name, count: count) { try loop.write() }
  }
}
