// Lines about what happens, in the daemon's two forms: logfmt for people, JSON for collectors.
//
// Invariant: values are names, numbers and errors' descriptions, which never hold secrets. A log
// that cannot be written never stops the work. Owner: any thread; a line is one write.

import LinuxIO
import TokenLedger

/// How much something matters.
enum LogLevel: String, Sendable {
  case info, warning, error
}

/// The form of a line.
enum LogFormat: String, Sendable, CaseIterable {
  /// `time=… level=info msg="…" name=value`
  case logfmt
  /// One JSON object a line.
  case json
}

/// One happening.
struct LogEntry: Sendable {
  let level: LogLevel
  let message: String
  let fields: [(String, String)]

  init(_ level: LogLevel, _ message: String, _ fields: [(String, String)] = []) {
    self.level = level
    self.message = message
    self.fields = fields
  }
}

/// Where lines go.
struct Log: Sendable {
  private let format: LogFormat
  private let put: @Sendable (String) -> Void

  /// Names the form, and what takes each line.
  init(format: LogFormat, put: @escaping @Sendable (String) -> Void) {
    self.format = format
    self.put = put
  }

  /// Lines on standard error.
  static func standardError(format: LogFormat) -> Log {
    Log(format: format) { line in
      // A log that cannot be written must not end the work.
      try? StandardStream.error.writeAll(Array((line + "\n").utf8).span)
    }
  }

  /// Writes a line.
  func write(_ entry: LogEntry) {
    let now = UnixTime(clampingMicroseconds: SystemClock.realtimeMicroseconds())
    let head = [("time", now.rfc3339), ("level", entry.level.rawValue), ("msg", entry.message)]
    let all = head + entry.fields
    switch format {
    case .logfmt: put(all.map { "\($0)=\(quotedIfNeeded($1))" }.joined(separator: " "))
    case .json: put("{" + all.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}")
    }
  }
}

private func quotedIfNeeded(_ value: String) -> String {
  let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d }
  return isPlain ? value : quoted(value)
}

/// A JSON string.
private func quoted(_ value: String) -> String {
  value.unicodeScalars.reduce(into: "\"") { text, scalar in
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  } + "\""
}
