// The socket's file: a stale one is replaced, a live one and anything that is not a socket is left
// alone. Called with the directory's lock held, so that no other daemon of the same ledger can be
// between the look and the removal.

import LedgerServer
import LinuxIO

extension Daemon {
  /// Listens at the socket's path.
  func listen() throws(StartError) -> UnixListener {
    let path = settings.socketPath
    let address: UnixAddress
    do throws(UnixAddressError) { address = try UnixAddress(path: path) } catch {
      throw .socketPath(error, path: path)
    }
    if let kind = try existingKind(path) {
      guard kind == .socket else { throw .notASocket(path: path) }
      guard try isStale(address) else { throw .socketInUse(path: path) }
    }
    do throws(SystemError) {
      removeSocket()
      return try UnixListener.listen(
        at: address, permissions: FilePermissions(rawValue: settings.socketMode))
    } catch {
      throw .socket(error, path: path)
    }
  }

  private func existingKind(_ path: String) throws(StartError) -> FileKind? {
    do throws(SystemError) { return try FileSystem.status(of: path)?.kind } catch {
      throw .socket(error, path: path)
    }
  }

  /// Whether nobody listens at the address any more.
  private func isStale(_ address: UnixAddress) throws(StartError) -> Bool {
    do throws(SystemError) {
      _ = try UnixSocket.connectNonblocking(to: address)
      return false
    } catch {
      guard error.code == .connectionRefused
      else { throw .socket(error, path: settings.socketPath) }
      return true
    }
  }

  /// Removes the socket's file, so that clients are told at once that nobody is there.
  func removeSocket() {
    do throws(SystemError) { try FileSystem.remove(settings.socketPath) } catch {
      guard error.code != .noSuchFile else { return }
      log.write(.warning, "the socket stays", [("error", error.description)])
    }
  }
}
