// A mixed log with any byte changed: it opens with the same events, or it is refused with file and
// offset, or, where `schema/log.md` section 4 says so, it opens without what the last write held.
// Nothing else, in any of the ways in which a log is read.

import EventLog
import TestSupport
import Testing

@Suite struct ByteAttackTests {
  /// A small log in the gate, 64 KiB and more in a campaign of ten.
  private static let log = Result {
    try MixedLog(sizeBytes: Campaign.size >= 10 ? 64 * 1024 : 7 * 1024)
  }

  private var log: MixedLog { get throws { try Self.log.get() } }

  // MARK: Bits

  @Test(arguments: 0..<4)
  func `every flipped bit of a mixed log is told at the frame that it is in`(part: Int) throws {
    let log = try log
    let sample = Campaign.size >= 10 ? Int.max : 500
    for file in log.files {
      let bits = Campaign.spread(below: file.bytes.count * 8, sample: sample)
      for bit in bits where bit % 4 == part {
        var bytes = file.bytes
        bytes[bit / 8] ^= 1 << (bit % 8)
        let changed = log.storage(replacing: file.name, with: bytes)
        let outcome = log.outcome(changed, readingSingly: [file.name])
        let place = log.frameStart(of: bit / 8, in: file.name)
        guard case .refused(file.name, place, _) = outcome else {
          Issue.record("\(file.name), bit \(bit): \(outcome)")
          continue
        }
      }
    }
  }

  // MARK: Cuts

  @Test func `a last segment cut at any byte keeps every batch before the cut`() throws {
    let log = try log
    for length in Campaign.spread(below: log.last.bytes.count, sample: 300) {
      let cut = Array(log.last.bytes[..<length])
      for room in [0, 1, 4096] {
        let zeros = [UInt8](repeating: 0, count: room)
        let storage = log.storage(replacing: log.last.name, with: cut + zeros)
        let outcome = log.outcome(storage)
        // No write ends within eight bytes, so with room behind it such a cut is no write's end.
        if room > 0, length % 8 > 0, case .refused = outcome { continue }
        #expect(
          outcome == .first(batches: log.batchCount(before: length)),
          "cut at \(length), room \(room)")
      }
    }
  }

  @Test func `any other segment cut at any byte is damage there`() throws {
    let log = try log
    for file in log.files.dropLast() {
      for length in Campaign.spread(below: file.bytes.count, sample: 120) {
        let storage = log.storage(replacing: file.name, with: Array(file.bytes[..<length]))
        let place = log.frameStart(of: length, in: file.name)
        let outcome = log.outcome(storage)
        guard case .refused(file.name, place, _) = outcome else {
          Issue.record("\(file.name) cut at \(length): \(outcome)")
          continue
        }
      }
    }
  }

  // MARK: Sectors

  @Test func `every sector and every run of sectors of zeros is told, or is the last write`() throws
  {
    let log = try log
    for file in log.files {
      let sectors = (file.bytes.count + 511) / 512
      let longest = Campaign.size >= 10 ? sectors : 8
      for first in 0..<sectors {
        for last in first..<min(sectors, first + longest) {
          var bytes = file.bytes
          let range = first * 512..<min((last + 1) * 512, bytes.count)
          for index in range { bytes[index] = 0 }
          try expectHonest(log, file.name, bytes, "\(file.name) zeroed in \(range)")
        }
      }
    }
  }

  @Test func `every two sectors swapped, and every sector copied over another, are told`() throws {
    let log = try log
    for file in log.files {
      let sectors = file.bytes.count / 512
      for pair in Campaign.spread(below: sectors * sectors, sample: 120) {
        let (first, second) = (pair / sectors * 512, pair % sectors * 512)
        for isSwap in [true, false] {
          var bytes = file.bytes
          for index in 0..<512 {
            bytes[second + index] = file.bytes[first + index]
            if isSwap { bytes[first + index] = file.bytes[second + index] }
          }
          try expectHonest(
            log, file.name, bytes, "\(file.name): \(first) to \(second), swap \(isSwap)")
        }
      }
    }
  }

  @Test func `a run of sectors moved by a sector is told`() throws {
    let log = try log
    for file in log.files {
      for first in 0..<file.bytes.count / 512 {
        let doubled = file.bytes[..<(first * 512)] + file.bytes[first * 512..<(first + 1) * 512]
        let later = Array(doubled + file.bytes[(first * 512)...])
        try expectHonest(log, file.name, later, "\(file.name): a sector more at \(first * 512)")
        let earlier = Array(file.bytes[..<(first * 512)] + file.bytes[((first + 1) * 512)...])
        try expectHonest(log, file.name, earlier, "\(file.name): a sector less at \(first * 512)")
      }
    }
  }

  // MARK: Frames, batches, segments

  @Test func `frames swapped, left out, doubled or moved are told`() throws {
    let log = try log
    for file in log.files {
      let frames = SegmentBytes(file.bytes).frames.map(\.range)
      for number in Campaign.spread(below: frames.count, sample: 30) {
        let frame = frames[number]
        let other = frames[(number * 7 + 3) % frames.count]
        let pieces = file.bytes[frame]
        let before = file.bytes[..<frame.lowerBound]
        let behind = file.bytes[frame.upperBound...]
        try expectHonest(log, file.name, before + behind, "\(file.name): without \(frame)")
        let doubled = before + pieces + pieces + behind
        try expectHonest(log, file.name, Array(doubled), "\(file.name): doubled \(frame)")
        let swapped = swapping(frame, other, in: file.bytes)
        try expectHonest(log, file.name, swapped, "\(file.name): swapped \(frame), \(other)")
      }
    }
  }

  @Test func `batches swapped, left out or doubled are told`() throws {
    let log = try log
    for (number, batch) in log.batches.enumerated() {
      guard let file = log.files.first(where: { $0.name == batch.file }) else { continue }
      let before = file.bytes[..<batch.range.lowerBound]
      let behind = file.bytes[batch.range.upperBound...]
      let pieces = file.bytes[batch.range]
      let doubled = Array(before + pieces + pieces + behind)
      try expectHonest(log, file.name, before + behind, "without batch \(number)")
      try expectHonest(log, file.name, doubled, "batch \(number) twice")
      for other in log.batches where other.file == batch.file && other.range != batch.range {
        let swapped = swapping(batch.range, other.range, in: file.bytes)
        try expectHonest(log, file.name, swapped, "batch \(number) and \(other.range)")
      }
    }
  }

  @Test func `segments swapped, doubled, renamed or left out are told`() throws {
    let log = try log
    for (number, file) in log.files.enumerated() {
      for other in log.files where other.name != file.name {
        let swapped = log.storage(
          replacing: file.name, with: other.bytes, renamed: [other.name: file.bytes])
        expectRefusal(log.outcome(swapped), "swapped \(file.name) and \(other.name)")
        let doubled = log.storage(replacing: file.name, with: other.bytes)
        expectRefusal(log.outcome(doubled), "\(other.name) as \(file.name) too")
      }
      let missing = log.storage()
      missing.removeContent(of: file.name)
      guard number < log.files.count - 1 else { continue }
      expectRefusal(log.outcome(missing), "without \(file.name)")
      let renamed = log.storage()
      renamed.setContent(of: "00000000000000099999.segment", to: file.bytes)
      renamed.removeContent(of: file.name)
      expectRefusal(log.outcome(renamed), "\(file.name) under a later name")
    }
  }

  // MARK: Behind the end

  @Test func `four megabytes of zeros, garbage or an old copy behind the end change nothing`()
    throws
  {
    let log = try log
    let size = 4 * 1024 * 1024
    var generator = SeededGenerator(seed: 3)
    let garbage = generator.bytes(count: size)
    let tail = Array(log.last.bytes[(log.batches.last?.range ?? 0..<0)])
    let copies = Array(repeatElement(tail, count: size / tail.count).joined())
    let zeros = [UInt8](repeating: 0, count: size)
    let whole = log.outcome(log.storage(replacing: log.last.name, with: log.last.bytes + zeros))
    #expect(whole == .whole)
    for behind in [garbage, copies] {
      let changed = log.storage(replacing: log.last.name, with: log.last.bytes + behind)
      let outcome = log.outcome(changed)
      guard case .refused(log.last.name, log.last.bytes.count, _) = outcome else {
        Issue.record("\(outcome)")
        continue
      }
    }
  }

  // MARK: Verdicts

  /// Expects what may come of `bytes` in place of a segment's.
  private func expectHonest(
    _ log: MixedLog, _ name: String, _ bytes: some Sequence<UInt8>, _ comment: Comment
  ) throws {
    let bytes = Array(bytes)
    let file = try #require(log.files.first { $0.name == name })
    guard let change = log.change(of: file.bytes, to: bytes) else { return }
    let outcome = log.outcome(log.storage(replacing: name, with: bytes))
    switch outcome {
    case .refused(let found, let offset, _):
      let place = log.frameStart(of: change.lowerBound, in: name)
      #expect(found == name && offset == place, "\(comment): \(outcome), expected \(place)")
    case .first(let batches):
      let isLast = name == log.last.name
      let expected = log.batchCount(before: change.lowerBound)
      #expect(isLast && batches == expected, "\(comment): \(outcome)")
      let isLost = log.canBeLost(from: change.lowerBound, in: bytes)
      #expect(isLost, "\(comment): \(outcome), though acknowledged")
    case .whole, .wrong: Issue.record("\(comment): \(outcome)")
    }
  }

  private func expectRefusal(_ outcome: AttackOutcome, _ comment: Comment) {
    guard case .refused = outcome else {
      Issue.record("\(comment): \(outcome)")
      return
    }
  }

  private func swapping(_ one: Range<Int>, _ other: Range<Int>, in bytes: [UInt8]) -> [UInt8] {
    guard !one.overlaps(other) else { return bytes }
    let (first, second) = one.lowerBound < other.lowerBound ? (one, other) : (other, one)
    return Array(
      bytes[..<first.lowerBound] + bytes[second] + bytes[first.upperBound..<second.lowerBound]
        + bytes[first] + bytes[second.upperBound...])
  }
}

extension MixedLog {
  /// How many batches of the log end at or before `offset` of the last segment.
  func batchCount(before offset: Int) -> Int {
    batches.filter { $0.file != last.name || $0.range.upperBound <= offset }.count
  }

  /// The first byte that differs, up to the last one; zeros and nothing are the same.
  func change(of old: [UInt8], to new: [UInt8]) -> Range<Int>? {
    let size = max(old.count, new.count)
    let differs = (0..<size).filter { index in
      (index < old.count ? old[index] : 0) != (index < new.count ? new[index] : 0)
    }
    guard let first = differs.first, let last = differs.last else { return nil }
    return first..<last + 1
  }

  /// Whether the last segment's `bytes` may be those of a write that never happened or was torn:
  /// the first changed byte is in the last batch, or nothing whole stands behind it.
  func canBeLost(from offset: Int, in bytes: [UInt8]) -> Bool {
    guard let batch = batches.last else { return false }
    if offset >= batch.range.lowerBound { return true }
    let commit = batch.range.upperBound - LogFormat.recordFrameSizeBytes
    let isCommitWhole =
      bytes.count >= batch.range.upperBound
      && bytes[commit..<batch.range.upperBound] == last.bytes[commit..<batch.range.upperBound]
    return !isCommitWhole && bytes.dropFirst(batch.range.upperBound).allSatisfy { $0 == 0 }
  }
}
