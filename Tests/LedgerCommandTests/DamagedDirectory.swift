// A ledger on the real disk with planted secrets, over several segments, and ways to spoil it.

import EventLog
import Foundation
import LedgerServer
import LedgerStore
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

/// A ledger in a directory, for the commands that work on files.
struct DamagedDirectory {
  let path: String

  /// What must appear in no output.
  static let secret = "PLANTED-SECRET"

  /// Makes a ledger of `count` tokens in `path`, each with secrets.
  init(_ path: String, tokens count: Int = 12) throws {
    self.path = path
    var options = StoreOptions()
    options.log.segmentSizeBytes = 1500
    options.log.firstRoomSizeBytes = 4096
    options.clock = .frozen(.epoch)
    options.keys = .none
    let session = LocalSession(
      store: try LedgerStore.open(path, options), settings: ServerSettings())
    for number in 1...count {
      let words = [
        "TOKEN.CREATE", "CHARACTER", "\(number)", "NAME", "Pilot", "OWNER", "o", "ACCESS",
        "\(Self.secret)-a\(number)", "REFRESH", "\(Self.secret)-r\(number)",
      ]
      _ = session.pipeline([words.map { Array($0.utf8) }])
    }
  }

  /// The segments' names, in order.
  var segments: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: "\(path)/log")
        .filter { $0.hasSuffix(".segment") }.sorted()
    }
  }

  /// The bytes of a segment.
  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: url(name)))
  }

  /// Changes one byte of a segment.
  func flip(_ name: String, at offset: Int, _ mask: UInt8 = 1) throws {
    var bytes = try bytes(name)
    bytes[offset] ^= mask
    try Data(bytes).write(to: url(name))
  }

  /// Runs a line on the directory.
  func run(_ words: String...) -> Outcome {
    LedgerCommandTests.run(words + ["--data", path])
  }

  private func url(_ name: String) -> URL {
    URL(fileURLWithPath: "\(path)/log/\(name)")
  }
}

extension Outcome {
  /// The lines of the output as JSON objects.
  var objects: [[String: Any]] {
    get throws {
      try lines.map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }
  }

  /// Whether a planted secret, or a part of one, is in any output.
  var isTalkative: Bool {
    (output + messages).contains("PLANTED") || (output + messages).contains("504c414e544544")
  }
}
