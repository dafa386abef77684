// Reading the flags and the client's secret.
//
//    --socket /run/tokenledger.sock --client-id=abc      flags: `--name VALUE`, `--name=VALUE`
//
// Pure but for the reading of the secret's file; the environment is handed in, because it must be
// read before the first thread starts.

import LinuxIO
import SSO

/// What the command line asks for.
enum Invocation {
  case help
  case version
  /// Work, with these settings; the client's secret is not in them yet.
  case work(Settings)

  /// Reads the arguments after the program's name.
  ///
  /// - Throws: the first thing that is wrong.
  init(_ arguments: [String]) throws(SettingsError) {
    var settings = Settings()
    var given: Set<Setting> = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h":
        self = .help
        return
      case "--version":
        self = .version
        return
      default:
        guard argument.hasPrefix("--") else { throw .strayWord(position: rest.startIndex) }
        given.insert(try Self.read(argument, &rest, into: &settings))
      }
    }
    for setting in Setting.allCases where setting.isRequired && !given.contains(setting) {
      throw .missing(setting.rawValue)
    }
    self = .work(settings)
  }

  private static func read(
    _ argument: String, _ rest: inout ArraySlice<String>, into settings: inout Settings
  ) throws(SettingsError) -> Setting {
    let parts = argument.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard let setting = Setting(rawValue: name) else { throw .unknownFlag("--" + name) }
    guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
    else { throw .missingValue(name) }
    try setting.set(value, in: &settings)
    return setting
  }
}

/// The client's secret, from a file or the environment.
enum ClientSecret {
  /// The variable that holds it where no file is given.
  static let variable = "TOKENLEDGER_CLIENT_SECRET"
  static let form = "one line of up to \(maximumBytes) bytes"
  static let maximumBytes = 4096

  /// Reads it, or gives nil when there is none.
  ///
  /// - Parameters:
  ///   - path: the file, which counts before the variable; nil for none.
  ///   - value: the variable's value; nil when it is not set.
  /// - Returns: the secret without the line end.
  /// - Throws: `secretFile`, `invalidSecret`.
  static func read(
    file path: String?, variable value: String?
  ) throws(SettingsError) -> SecretText? {
    if let path { return try secret(inFile: path) }
    guard let value else { return nil }
    return try secret(value, variable)
  }

  private static func secret(inFile path: String) throws(SettingsError) -> SecretText {
    let bytes: [UInt8]
    do throws(SystemError) {
      let file = try FileDescriptor.open(path, .readOnly)
      bytes = try file.bytes(at: 0, count: maximumBytes + 3)
    } catch {
      throw .secretFile(error)
    }
    let place = "the file of --\(Setting.clientSecretFile.rawValue)"
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalidSecret(place: place)
    }
    return try secret(text, place)
  }

  private static func secret(_ text: String, _ place: String) throws(SettingsError) -> SecretText {
    var scalars = text.unicodeScalars[...]
    if scalars.last == "\n" { scalars.removeLast() }
    if scalars.last == "\r" { scalars.removeLast() }
    let secret = String(scalars)
    guard !scalars.isEmpty, secret.utf8.count <= maximumBytes,
      scalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw .invalidSecret(place: place) }
    return SecretText(secret)
  }
}
