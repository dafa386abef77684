// `tokenledger key`: the ids of the keys in a key file, and a new key that seals from then on. The
// keys themselves are never shown; the file is what to keep a copy of.
// Schema: schema/log.md section 7.

import LedgerStore
import LinuxIO

/// The subcommand `key`.
enum KeyCommand {
  /// Lists the keys, or adds one.
  static func run(_ session: Session) throws {
    let path = session.arguments.value(.keyFile) ?? "\(session.directory)/\(KeyFile.name)"
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let name = String(parts.last ?? "")
    let folder = parts.dropLast().joined(separator: "/")
    let directory = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
    do {
      let isRotation = session.arguments.operands[0] == "rotate"
      if isRotation { try KeyFile.addKey(inDirectory: directory, named: name) }
      guard let ring = try KeyFile.read(path)
      else { throw EndpointError.failedIO(path: path, reason: "there is no key file") }
      try show(ring.ids, isRotation, session)
    } catch let error as StoreError {
      throw EndpointError(error, directory: directory)
    }
  }

  private static func show(_ ids: [KeyID], _ isRotation: Bool, _ session: Session) throws {
    for (index, id) in ids.enumerated() {
      let isSealing = index == ids.count - 1
      try session.arguments.has(.json)
        ? session.write(
          .members(["key": .string(id.description), "seals": .boolean(isSealing)]))
        : session.console.writeLine("\(id)\(isSealing ? "  seals" : "")")
    }
    guard isRotation, !session.arguments.has(.json) else { return }
    try session.console.writeLine("a running daemon takes it over on SIGHUP")
  }
}
