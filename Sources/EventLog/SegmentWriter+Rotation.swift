// The end of one segment and the start of the next, `schema/log.md` section 3.5.
//
// A crash between any two calls leaves one of: a segment without trailer (the last), a segment
// with trailer and no newer one, the same and a `.tmp` file, or the new segment. The next start
// knows all four. A full disk in between leaves the writer sealed; the next append tries again.

internal import LinuxIO

extension SegmentWriter {
  /// Ends the current segment when a batch of `sizeBytes` would make it too large, or even if not.
  ///
  /// - Throws: `writeFailed`: the writer is poisoned.
  mutating func sealIfFull(for sizeBytes: Int, even isForced: Bool) throws(LogError) {
    guard let full = segment, full.eventCount > 0 else { return }
    let sealedSize = full.offset + sizeBytes + LogFormat.recordFrameSizeBytes
    guard isForced || sealedSize > options.segmentSizeBytes else { return }
    let trailer = trailerFrame(of: full)
    try write(trailer, to: full)
    segment = nil
    // The room behind the trailer is given back; should a crash prevent it, zeros may stand there.
    do throws(SystemError) {
      try full.file.truncate(toSizeBytes: full.offset + trailer.count)
    } catch {
      throw poison(error, file: full.name)
    }
  }

  private func trailerFrame(of segment: OpenSegment) -> [UInt8] {
    let record = TrailerRecord(
      lastSequence: head.lastSequence, eventCount: segment.eventCount,
      offset: UInt64(segment.offset), chain: head.chain)
    return record.frame(at: segment.offset, of: segment.check)
  }

  /// The segment to append to; makes one, with room for a batch of `sizeBytes`, if there is none.
  ///
  /// - Throws: `diskFull`, `belowLowWater`: no segment was made. `writeFailed`: the writer is
  ///   poisoned.
  mutating func openSegment(
    for sizeBytes: Int, nowMicroseconds: Int64
  ) throws(LogError) -> OpenSegment {
    if let segment { return segment }
    let header = SegmentHeader(
      ledger: head.ledger, number: head.segment + 1, firstSequence: head.nextSequence,
      createdMicroseconds: nowMicroseconds, chain: head.chain)
    precondition(header.number <= UInt64(UInt32.max), "more segments than locations can name")
    let spare = try spareBytes(forSegmentWith: sizeBytes, named: header.fileName)
    let made: OpenSegment
    do throws(SystemError) {
      made = try makeSegment(header, roomFor: sizeBytes, spareBytes: spare)
    } catch {
      try leaveUnmade(header, after: error)
    }
    do throws(SystemError) {
      try storage.syncDirectory()
    } catch {
      throw poison(error, file: header.fileName)
    }
    head.segment = header.number
    segment = made
    return made
  }

  /// How much a new segment may grow beyond its header.
  ///
  /// - Throws: `belowLowWater` when a batch of `sizeBytes` would not fit; nothing was changed.
  private mutating func spareBytes(
    forSegmentWith sizeBytes: Int, named name: String
  ) throws(LogError) -> Int {
    let spare: Int
    do throws(SystemError) {
      spare = try spareBytes() - LogFormat.headerSizeBytes
    } catch {
      throw poison(error, file: name)
    }
    guard spare >= sizeBytes + LogFormat.recordFrameSizeBytes else {
      throw belowLowWater(file: name)
    }
    return spare
  }

  /// Makes the file of a segment under a temporary name and gives it its own when it is whole.
  ///
  /// The name is on disk only after the directory was synced.
  private func makeSegment(
    _ header: SegmentHeader, roomFor sizeBytes: Int, spareBytes: Int
  ) throws(SystemError) -> OpenSegment {
    let temporary = SegmentName.temporary(firstSequence: header.firstSequence)
    let file = try storage.create(temporary)
    try file.writeAll(header.encode(), at: 0)
    var segment = OpenSegment(
      file: file, name: header.fileName, check: header.check, offset: LogFormat.headerSizeBytes,
      roomEnd: LogFormat.headerSizeBytes, eventCount: 0, room: SegmentRoom(options))
    let needed = segment.offset + sizeBytes + LogFormat.recordFrameSizeBytes
    let outcome = try segment.room.extend(
      file, from: &segment.roomEnd, toHold: needed, spareBytes: spareBytes)
    guard outcome == .made else { throw SystemError(.pwrite, .noSpace) }
    try file.sync()
    try storage.rename(temporary, to: header.fileName)
    return segment
  }

  /// Removes what a failed `makeSegment` left, and says what the failure means.
  ///
  /// A full disk is no harm: nothing depends on the new file. A failed sync is final even here,
  /// because a disk that cannot keep this file will not keep the next.
  private mutating func leaveUnmade(
    _ header: SegmentHeader, after error: SystemError
  ) throws(LogError) -> Never {
    guard error.isOutOfRoom, error.call != .fdatasync else {
      throw poison(error, file: header.fileName)
    }
    let temporary = SegmentName.temporary(firstSequence: header.firstSequence)
    do throws(SystemError) {
      try storage.remove(temporary)
    } catch {
      // It was not made, or stays for the next attempt, which empties it, or the next start.
    }
    throw .diskFull(file: header.fileName)
  }
}
