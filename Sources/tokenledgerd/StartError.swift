// Why the daemon does not start or had to stop, its wording, and its exit codes, those of
// sysexits.h: 64 the operator's words, 65 damaged data, 74 the system, 75 somebody else has it.
// Nothing was changed on disk unless the log's own error says so.

import EventLog
import LedgerStore
import LinuxIO

/// Why the daemon does not start.
enum StartError: Error {
  case settings(SettingsError)
  case store(StoreError, data: String)
  case socketPath(UnixAddressError, path: String)
  case socket(SystemError, path: String)
  /// Another server answers on the socket.
  case socketInUse(path: String)
  /// Something that is not a socket has the socket's name.
  case notASocket(path: String)
  case severalSockets(Int)
  case system(SystemError)
}

extension StartError {
  /// The failure in one line, with what to do.
  var text: String {
    switch self {
    case .settings(let error): error.text
    case .store(.log(.locked(let holder)), let data):
      "\(data) is in use by "
        + (holder.map { "process \($0)" } ?? "another process") + "; one daemon a directory"
    case .store(let error, let data) where error.isDamage: Self.damage(error, data)
    case .store(.log(.diskFull(let file)), let data):
      "\(data): there is no room on the disk for \(file), and the ledger does not start; make room,"
        + " then start again"
    case .store(.log(.belowLowWater(let file, let bytes)), let data):
      "\(data): \(file) needs room, and less than \(bytes) bytes, the low-water mark, would be left"
        + " free on the disk; make room or lower --low-water, then start again"
    case .store(let error, let data): "\(data): \(error)"
    case .socketPath(let error, let path):
      "the socket path \(path) cannot be used: \(error); choose another one with --socket"
    case .socket(let error, let path): "\(path): \(error)"
    case .socketInUse(let path): "\(path): another server answers there"
    case .notASocket(let path): "\(path): there is something that is not a socket"
    case .severalSockets(let count): "\(count) sockets were passed; one is expected"
    case .system(let error): "\(error)"
    }
  }

  /// What is damaged, what that costs, and what to do.
  private static func damage(_ error: StoreError, _ data: String) -> String {
    let cost = LedgerStore.damageCost(of: data).map { " What it costs: \($0)." } ?? ""
    return "\(data): \(error)\(cost) Nothing was changed. See `tokenledger verify --data \(data)`"
      + " and `tokenledger repair --data \(data) --dry-run`."
  }

  /// The exit code.
  var code: Int32 {
    switch self {
    case .settings, .socketPath, .notASocket, .severalSockets: 64
    case .store(.log(.locked), _), .socketInUse: 75
    case .store(let error, _) where error.isDamage: 65
    case .store, .socket, .system: 74
    }
  }
}
