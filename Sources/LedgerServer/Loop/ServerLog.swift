// Lines to stderr, one a happening: logfmt for people, JSON for collectors.
// The one place of the service that prints. Values are names, numbers and errors' descriptions,
// which never hold secrets. A log that cannot be written never stops the service.

import Bytes
import LinuxIO
import TokenLedger

/// Writes what happens to stderr.
public struct ServerLog: Sendable {
  /// How much something matters; what is below the chosen level is not written.
  public enum Level: Int, Comparable, Sendable, CaseIterable {
    /// For looking closely: clients come and go.
    case debug
    /// What an operator expects to see.
    case info
    /// What an operator should look at some time.
    case warning
    /// What an operator must look at now.
    case error

    /// Orders the levels by how much they matter.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// The form of a line.
  public enum Format: String, Sendable, CaseIterable {
    /// `time=… level=info msg="…" name=value`
    case logfmt
    /// One JSON object a line.
    case json
  }

  /// Nil: nothing is written.
  private let level: Level?
  private let format: Format

  /// Writes what is at or above `level`.
  public init(level: Level = .info, format: Format = .logfmt) {
    self.level = level
    self.format = format
  }

  private init() {
    level = nil
    format = .logfmt
  }

  /// Writes nothing.
  package static let silent = ServerLog()

  /// Writes a line.
  public func write(_ level: Level, _ message: String, _ fields: [(String, String)]) {
    guard let lowest = self.level, level >= lowest else { return }
    let now = UnixTime(clampingMicroseconds: SystemClock.realtimeMicroseconds())
    let all = [("time", now.rfc3339), ("level", "\(level)"), ("msg", message)] + fields
    let line =
      switch format {
      case .logfmt: all.map { "\($0)=\(quotedIfNeeded($1))" }.joined(separator: " ")
      case .json: "{" + all.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
      }
    // A log that cannot be written must not end the service.
    try? StandardStream.error.writeAll(Array((line + "\n").utf8).span)
  }

  private func quotedIfNeeded(_ value: String) -> String {
    let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d }
    return isPlain ? value : quoted(value)
  }

  /// A JSON string.
  private func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
