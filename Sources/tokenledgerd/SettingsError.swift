// What can be wrong with flags and the settings file, and its wording. The operator acts; nothing
// was started and nothing changed.
// Values are not repeated: a flag in the wrong place may hold anything.

import LinuxIO

/// Why the settings cannot be used.
enum SettingsError: Error, Equatable {
  case unknownFlag(String)
  case missingValue(String)
  case unknownName(String)
  case invalid(name: String, expected: String)
  /// Wrong in a line of the file, counted from 1.
  indirect case inFile(String, line: Int, SettingsError)
  case unreadableFile(String, SystemError)
  /// The file is larger than a settings file can be.
  case fileTooLarge(String, limitBytes: Int)
  case nestedFile

  /// The failure in one line.
  var text: String {
    switch self {
    case .unknownFlag(let flag): "unknown flag \(flag); see --help"
    case .missingValue(let name): "--\(name) needs a value; see --help"
    case .unknownName(let name): "unknown setting \(name); see --help"
    case .invalid(let name, let expected): "\(name) must be \(expected)"
    case .inFile(let path, let line, let error): "\(path), line \(line): \(error.text)"
    case .unreadableFile(let path, let error): "\(path): \(error)"
    case .fileTooLarge(let path, let limit): "\(path): more than \(limit) bytes"
    case .nestedFile: "config can be given as a flag only"
    }
  }
}
