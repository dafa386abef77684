// A ledger with events of every kind and with secrets, and any byte of its files changed: it opens
// as it was, or without what the last write held where the log's rules say so, or it is refused as
// damage. Each secret that comes out is the one that went in.

import EventLog
import LedgerStore
import TestSupport
import Testing
import TokenLedger

@Suite struct StoreByteTests {
  /// What a disk holds, and the events on it.
  private struct Sample {
    let files: [(name: String, bytes: [UInt8])]
    let events: [Event]
  }

  private static let options = StoreOptions.small(segmentSizeBytes: 900)
  private static let sample = Result { try makeSample() }

  private static func makeSample() throws -> Sample {
    let storage = SimulatedStorage()
    let events = try GoldenLedger.write(to: storage, options).events()
    let files = try storage.names().map { name in
      let bytes = SegmentBytes(try #require(storage.content(of: name)))
      return (name: name, bytes: Array(bytes.bytes[..<bytes.dataEnd]))
    }
    return Sample(files: files, events: events)
  }

  /// Opens the ledger with one file changed.
  ///
  /// - Returns: how many events are left; nil when it was refused as damage.
  private func eventsLeft(
    _ sample: Sample, _ name: String, _ bytes: [UInt8], _ comment: Comment
  ) throws -> Int? {
    let storage = SimulatedStorage()
    for file in sample.files {
      storage.setContent(of: file.name, to: file.name == name ? bytes : file.bytes)
    }
    let changes = storage.changeCount
    let store: LedgerStore
    do throws(StoreError) { store = try LedgerStore.open(storage, Self.options) } catch {
      #expect(error.isDamage && storage.changeCount == changes, "\(comment): \(error)")
      return nil
    }
    let events = try store.events()
    let left = zip(events, sample.events).prefix { $0 == $1 }.count
    let told: Set<Event.Tag> = [.opened, .recovered]
    #expect(events.dropFirst(left).allSatisfy { told.contains($0.tag) }, comment)
    #expect(try digest(folding: events) == store.digest, comment)
    for id in store.tokenIDs {
      let secrets = try store.secrets(of: .sample(id)).compactMap { $0 }
      #expect(secrets.allSatisfy(GoldenLedger.secrets.contains), comment)
    }
    return left
  }

  @Test func `a flipped bit anywhere in the files is damage`() throws {
    let sample = try Self.sample.get()
    for file in sample.files {
      for bit in Campaign.spread(below: file.bytes.count * 8, sample: 150) {
        var bytes = file.bytes
        bytes[bit / 8] ^= 1 << (bit % 8)
        let comment: Comment = "\(file.name), bit \(bit)"
        let left = try eventsLeft(sample, file.name, bytes, comment)
        #expect(left == nil, comment)
      }
    }
  }

  @Test func `a ledger cut at any byte opens without what was cut, or is damage`() throws {
    let sample = try Self.sample.get()
    let last = try #require(sample.files.last)
    for file in sample.files {
      for length in Campaign.spread(below: file.bytes.count, sample: 100) {
        let comment: Comment = "\(file.name) cut at \(length)"
        let cut = Array(file.bytes[..<length])
        let left = try eventsLeft(sample, file.name, cut, comment)
        #expect((left == nil) == (file.name != last.name), comment)
        #expect(left ?? 0 < sample.events.count, comment)
      }
    }
  }

  @Test func `zeroed and copied sectors never give another ledger`() throws {
    let sample = try Self.sample.get()
    let last = try #require(sample.files.last)
    for file in sample.files {
      for sector in 0..<(file.bytes.count + 511) / 512 {
        let range = sector * 512..<min((sector + 1) * 512, file.bytes.count)
        for isZeroed in [true, false] {
          var bytes = file.bytes
          for index in range { bytes[index] = isZeroed ? 0 : file.bytes[index % 512] }
          guard bytes != file.bytes else { continue }
          let comment: Comment = "\(file.name), \(range), zeroed \(isZeroed)"
          let left = try eventsLeft(sample, file.name, bytes, comment)
          #expect(left == nil || file.name == last.name, comment)
          #expect(left ?? 0 < sample.events.count, comment)
        }
      }
    }
  }
}
