// The conventions of systemd, without its library: sd_notify(3) and sd_listen_fds(3). Outside of
// systemd all of it is silent. The variables are taken out of the environment, so that no child
// takes them for its own.

import LinuxIO

/// Whoever started the daemon and wants to know how it does.
struct Supervisor {
  private let address: UnixAddress?

  /// Reads NOTIFY_SOCKET, and takes it out of the environment.
  init() {
    address = Environment.value(of: "NOTIFY_SOCKET").flatMap { text in
      try? UnixAddress(systemd: text)
    }
    Environment.remove("NOTIFY_SOCKET")
  }

  /// Tells `lines`; a supervisor that does not listen is none of our business.
  func tell(_ lines: String...) {
    guard let address else { return }
    _ = try? UnixDatagram.send(Array(lines.joined(separator: "\n").utf8).span, to: address)
  }

  /// The socket that was opened for this process, if there is one.
  ///
  /// - Throws: when more than one was, or what was opened is no socket that listens.
  static func takeListener() throws(StartError) -> UnixListener? {
    guard let process = Environment.value(of: "LISTEN_PID"),
      process == ProcessID.current.description,
      let count = Environment.value(of: "LISTEN_FDS").flatMap(Int.init), count > 0
    else { return nil }
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { Environment.remove(name) }
    guard count == 1 else { throw .severalSockets(count) }
    do throws(SystemError) {
      let descriptor = FileDescriptor(owning: 3)
      try descriptor.setCloseOnExec()
      return try UnixListener(owning: descriptor)
    } catch {
      throw .socket(error, path: "the socket of the supervisor")
    }
  }
}
