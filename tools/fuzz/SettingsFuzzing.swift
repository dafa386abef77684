// Arbitrary bytes as the daemon's flags, one a line, and as its settings file: settings, or one
// error whose words can be said.
//
//     input: 0 and flags, or another byte and a file

import Glibc
import LinuxIO

@testable import tokenledgerd

/// The fuzzing of the settings.
enum SettingsFuzzing {
  /// Tries one input.
  static func run(_ input: [UInt8]) {
    guard let kind = input.first else { return }
    let rest = Array(input.dropFirst())
    do throws(SettingsError) {
      if kind == 0 {
        let words = rest.split(separator: 10, omittingEmptySubsequences: false)
          .map { String(decoding: $0, as: UTF8.self) }
        guard case .serve(let source) = try Invocation(words), source.file == nil else { return }
        _ = try source.settings()
      } else {
        var source = SettingsSource()
        source.file = try file(rest)
        _ = try source.settings()
      }
    } catch {
      precondition(!error.text.isEmpty, "an error without words")
    }
  }

  /// Writes a settings file, always the same one; in memory, so that no disk is worn.
  private static func file(_ bytes: [UInt8]) throws(SettingsError) -> String {
    let path = "/dev/shm/tokenledger-fuzz-\(getpid()).conf"
    do throws(SystemError) {
      let file = try FileDescriptor.open(path, .readWrite, [.create, .truncate])
      // Safe: a span of bytes has no padding.
      try file.writeAll(unsafe bytes.span.bytes)
    } catch { throw .unreadableFile(path, error) }
    return path
  }
}
