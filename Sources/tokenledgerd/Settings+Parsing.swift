// Reading flags and the settings file.
//
//    --data /var/lib/ledger --config=/etc/tokenledger.conf   flags: `--name VALUE`, `--name=VALUE`
//    socket-mode 0660                                        file: `name VALUE`, # for comments
//    grant reader gid 33
//
// Pure but for the reading of the file, which happens at the start and on SIGHUP.

import LinuxIO

/// What the command line asks for.
enum Invocation {
  case help
  case version
  /// Serve; `flags` and `file` are kept to read the file again.
  case serve(SettingsSource)
}

/// Where settings come from.
struct SettingsSource {
  /// The flags in their order.
  var flags: [(Setting, String)] = []
  /// The file of --config.
  var file: String?

  /// The largest settings file.
  static let maximumFileBytes = 1024 * 1024

  /// The settings: the defaults, then the file, then the flags.
  ///
  /// - Throws: the first thing that is wrong.
  func settings() throws(SettingsError) -> Settings {
    var settings = Settings()
    if let file { try read(file, into: &settings) }
    for (setting, value) in flags { try setting.set(value, in: &settings) }
    return settings
  }

  private func read(_ path: String, into settings: inout Settings) throws(SettingsError) {
    let text = try contents(of: path)
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      do throws(SettingsError) { try read(line: line, into: &settings) } catch {
        throw .inFile(path, line: number, error)
      }
    }
  }

  private func read(
    line: Substring, into settings: inout Settings
  ) throws(SettingsError) {
    let words = line.prefix { $0 != "#" }.split(
      maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
    guard let name = words.first else { return }
    guard name != "config" else { throw .nestedFile }
    guard let setting = Setting(rawValue: String(name)) else { throw .unknownName(String(name)) }
    guard words.count == 2 else { throw .missingValue(String(name)) }
    try setting.set(trimmed(words[1]), in: &settings)
  }

  private func trimmed(_ value: Substring) -> String {
    var value = value
    while let last = value.last, last == " " || last == "\t" || last == "\r" { value.removeLast() }
    return String(value)
  }

  private func contents(of path: String) throws(SettingsError) -> String {
    let bytes: [UInt8]
    do throws(SystemError) {
      let file = try FileDescriptor.open(path, .readOnly)
      bytes = try file.bytes(at: 0, count: Self.maximumFileBytes + 1)
    } catch {
      throw .unreadableFile(path, error)
    }
    guard bytes.count <= Self.maximumFileBytes
    else { throw .fileTooLarge(path, limitBytes: Self.maximumFileBytes) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Invocation {
  /// Reads the arguments after the program's name.
  ///
  /// - Throws: `unknownFlag`, `missingValue`.
  init(_ arguments: [String]) throws(SettingsError) {
    var source = SettingsSource()
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--help" || argument == "-h" {
        self = .help
        return
      }
      if argument == "--version" {
        self = .version
        return
      }
      try source.take(argument, &rest)
    }
    self = .serve(source)
  }

  static let helpText: String = {
    let flags = Setting.allCases.map { ("--\($0.rawValue) \($0.placeholder)", $0.help) }
    let rows =
      flags + [
        ("--config FILE", "the same settings, `name value` a line; SIGHUP reads it again"),
        ("--version", "the version"), ("--help", "this"),
      ]
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { row in
      "  \(row.0)\(String(repeating: " ", count: width - row.0.count))  \(row.1)"
    }
    return """
      tokenledgerd — serves a token ledger on a Unix socket, in the Redis protocol

      usage: tokenledgerd [--data DIR] [--socket PATH] …

      \(lines.joined(separator: "\n"))

      Example: tokenledgerd --data /var/lib/tokenledger --socket-mode 0660 --grant 'reader gid 33'
      """
  }()
}

extension SettingsSource {
  fileprivate mutating func take(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(SettingsError) {
    guard argument.hasPrefix("--") else { throw .unknownFlag(argument) }
    let parts = argument.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    let setting = Setting(rawValue: name)
    guard setting != nil || name == "config" else { throw .unknownFlag("--" + name) }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
    else { throw .missingValue(name) }
    if let setting { flags.append((setting, value)) } else { file = value }
  }
}
