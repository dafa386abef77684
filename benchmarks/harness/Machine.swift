// Which machine the figures are of. A figure without its machine is worth nothing. The names come
// from the kernel; the toolchain is asked for its version. Whatever cannot be found is called
// unknown and stops nothing: it is a label, not a measurement.

import Glibc
import LinuxIO

/// The machine, as the figures name it.
struct Machine {
  let processor: String
  let coreCount: Int
  let kernel: String
  let swiftVersion: String
  let fileSystem: String

  /// One line for people.
  var line: String {
    "\(processor), \(coreCount) cores, Linux \(kernel), \(swiftVersion), \(fileSystem)"
  }

  /// Asks the kernel and the toolchain.
  static func current(directory: String) -> Machine {
    Machine(
      processor: value(of: "model name", in: TextFile.read("/proc/cpuinfo")) ?? "unknown CPU",
      coreCount: sysconf(CInt(_SC_NPROCESSORS_ONLN)),
      kernel: TextFile.read("/proc/sys/kernel/osrelease").trimmed,
      swiftVersion: swiftVersionWords(), fileSystem: fileSystem(of: directory))
  }

  /// The load of the last minute: other programs' noise.
  static func loadAverage() -> String {
    String(TextFile.read("/proc/loadavg").split(separator: " ").first ?? "?")
  }

  private static func value(of field: String, in text: String) -> String? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
    return line?.split(separator: ":").last.map { String($0).trimmed }
  }

  private static func swiftVersionWords() -> String {
    let line = ChildProcess.output(of: ["swift", "--version"])?.split(separator: "\n").first
    return line.map { String($0).trimmed } ?? "Swift of unknown version"
  }

  private static func fileSystem(of directory: String) -> String {
    var best = (path: "", kind: "unknown file system", device: "")
    for line in TextFile.read("/proc/mounts").split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2, directory.hasPrefix(words[1]), words[1].count >= best.path.count
      else { continue }
      best = (words[1], words[2], words[0])
    }
    return "\(best.kind) on \(best.device)"
  }
}

/// Small files of the kernel.
enum TextFile {
  /// The first 256 KiB of a file as text; empty when it cannot be read.
  static func read(_ path: String) -> String {
    guard let file = try? FileDescriptor.open(path, .readOnly) else { return "" }
    let bytes = (try? file.bytes(at: 0, count: 256 * 1024)) ?? []
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Replaces a file.
  static func write(_ text: String, to path: String) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
    try file.writeAll(Array(text.utf8).span)
  }
}
