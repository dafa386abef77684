// A log over several segments, and what a survey says of it once something was done to it.

import EventLog
import LinuxIO
import TestSupport
import Testing

/// A survey with the texts of the events that it saw.
struct SurveyedLog {
  let report: SurveyReport
  var texts: [String] = []
  var sightings: [Sighting] = []

  init(_ storage: any LogStorage) throws {
    var texts: [String] = []
    var sightings: [Sighting] = []
    report = try LogSurvey.run(storage) { sighting, body in
      sightings.append(sighting)
      guard let event = LogEvent(sighting, body: body) else { return }
      texts.append(SeenEvent(event).text)
    }
    self.texts = texts
    self.sightings = sightings
  }

  /// The findings that no start gets past.
  var damages: [SurveyFinding] { report.findings.filter(\.isDamage) }
}

/// Texts `e1` to `e<count>` in batches of two, over segments of 500 bytes.
func segmentedLog(_ count: Int = 20) throws -> SimulatedStorage {
  let storage = SimulatedStorage()
  var log = try LogUnderTest(storage, .segments(of: 500))
  for number in stride(from: 1, through: count, by: 2) {
    try log.append("e\(number)", "e\(number + 1)")
  }
  return storage
}

extension SimulatedStorage {
  /// Changes one byte of a file, synced.
  func flip(_ name: String, at offset: Int, _ mask: UInt8 = 0x10) throws {
    var bytes = try #require(content(of: name))
    bytes[offset] ^= mask
    setContent(of: name, to: bytes)
  }

  /// The files that are segments, in order.
  var segmentNames: [String] {
    get throws { try names().filter { $0.hasSuffix(".segment") } }
  }
}
