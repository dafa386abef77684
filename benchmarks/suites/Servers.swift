// The servers under measurement: tokenledgerd from beside the harness, and Debian's redis-server.
// Each listens on a Unix socket in the session's own directory and is ended with its owner. The
// time of a start runs from before exec. A server that does not become ready in time is an error
// with the end of its log, not a skip.

import Glibc
import LinuxIO

/// A running server with a Unix socket.
final class Server {
  let socketPath: String
  let process: ChildProcess
  /// From before exec to being ready.
  let startNanoseconds: Int64

  private init(_ process: ChildProcess, socketPath: String, startNanoseconds: Int64) {
    self.process = process
    self.socketPath = socketPath
    self.startNanoseconds = startNanoseconds
  }

  /// Ends it and waits for its end.
  func end() { process.end() }

  /// Connections to it.
  func connect(_ count: Int) throws -> LoadGenerator {
    try LoadGenerator(socketPath: socketPath, connectionCount: count)
  }

  // MARK: tokenledgerd

  /// Where the daemon of the same build is, or nil.
  static var daemonPath: String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count - 1)
    guard count > 0 else { return nil }
    let path = String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    let daemon = "/\(folder)/tokenledgerd"
    return unsafe access(daemon, X_OK) == 0 ? daemon : nil
  }

  /// Starts the daemon on a data directory and waits for its line.
  static func ledger(
    _ session: Session, data: String, program: String? = nil, under tool: [String] = []
  ) throws -> Server {
    guard let daemonPath = program ?? daemonPath else {
      throw ProcessFailure(description: "no tokenledgerd")
    }
    let socketPath = "\(data)/tokenledger.sock"
    let process = try ChildProcess(
      tool + [daemonPath, "--data", data], errorPath: "\(session.directory.path)/daemon.log")
    guard process.firstLine() != nil else {
      let log = TextFile.read("\(session.directory.path)/daemon.log").suffix(500)
      throw ProcessFailure(description: "tokenledgerd did not become ready: \(log)")
    }
    return Server(process, socketPath: socketPath, startNanoseconds: elapsed(process))
  }

  // MARK: Redis

  /// Starts redis-server, or gives nil when there is none.
  static func redis(
    _ session: Session, name: String, isDurable: Bool, under tool: [String] = []
  ) throws -> Server? {
    let folder = try session.directory.makeDirectory(name).path
    let socketPath = "\(folder)/redis.sock"
    let durability =
      isDurable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"]
    let words = [
      "redis-server", "--port", "0", "--save", "", "--unixsocket", socketPath, "--dir", folder,
      "--logfile", "\(folder)/redis.log", "--daemonize", "no",
    ]
    guard let process = try? ChildProcess(tool + words + durability) else { return nil }
    for _ in 0..<5_000 {
      if let generator = try? LoadGenerator(socketPath: socketPath, connectionCount: 1),
        (try? generator.exchange([])) != nil
      {
        return Server(process, socketPath: socketPath, startNanoseconds: elapsed(process))
      }
      usleep(200)
    }
    throw ProcessFailure(description: "redis-server did not answer")
  }

  private static func elapsed(_ process: ChildProcess) -> Int64 {
    SystemClock.monotonicNanoseconds() - process.startedNanoseconds
  }
}

extension Session {
  /// Whether the daemon is there; says so loudly if not.
  func hasDaemon() -> Bool {
    if Server.daemonPath != nil { return true }
    skip("no tokenledgerd beside the harness: swift build -c release --product tokenledgerd")
    return false
  }

  /// Redis, or nil after a loud word.
  func redis(
    _ name: String, isDurable: Bool = false, under tool: [String] = []
  ) throws -> Server? {
    let server = try Server.redis(self, name: name, isDurable: isDurable, under: tool)
    if server == nil { skip("no redis-server, so no rivals (apt-get install redis-server)") }
    return server
  }
}
