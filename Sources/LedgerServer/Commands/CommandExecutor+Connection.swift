// The commands about the connection itself: greeting, naming, echoing. They touch neither state nor
// log. Replies are shaped as Redis shapes them, so that its clients feel at home; there is one
// database, and nobody logs in: the kernel says who is there.

import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension CommandExecutor {
  func hello(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    var version = session.version
    var name = session.clientName
    if !arguments.isAtEnd {
      switch try arguments.integer("the protocol version") {
      case 2: version = .two
      case 3: version = .three
      default: throw .protocolVersion
      }
    }
    while !arguments.isAtEnd {
      guard arguments.take(.setname) else { throw .unexpectedArgument(.hello) }
      name = try clientName(&arguments)
    }
    session.version = version
    session.clientName = name
    reply.version = version
    reply.writeMapHeader(pairCount: 7)
    reply.writePair("server", "tokenledger")
    reply.writePair("version", settings.programVersion)
    reply.writePair("proto", version == .two ? 2 : 3)
    reply.writePair("id", session.number)
    reply.writePair("mode", "standalone")
    reply.writePair("role", "master")
    reply.writeBulk("modules")
    reply.writeArrayHeader(count: 0)
  }

  func ping(_ arguments: inout ArgumentReader, _ reply: inout ReplyWriter) throws(CommandError) {
    if arguments.isAtEnd {
      reply.writeSimple("PONG")
      return
    }
    guard arguments.remaining == 1 else { throw .wrongArity("ping") }
    reply.writeBulk(try arguments.next("the message"))
  }

  func select(_ arguments: inout ArgumentReader, _ reply: inout ReplyWriter) throws(CommandError) {
    guard try arguments.integer("the database") == 0 else { throw .noSuchDatabase }
    reply.writeSimple("OK")
  }

  // MARK: CLIENT

  func client(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    let subcommand: ClientSubcommand = try self.subcommand(&arguments, for: session)
    switch subcommand {
    case .setName:
      session.clientName = try clientName(&arguments)
      reply.writeSimple("OK")
    case .getName: reply.writeText(session.clientName)
    case .setInfo:
      try setInformation(&arguments, session)
      reply.writeSimple("OK")
    case .id: reply.writeInteger(session.number)
    case .info: reply.writeVerbatim(session.description(at: store.now) + "\n")
    case .list:
      let lines = sessions().map { $0.description(at: store.now) + "\n" }
      reply.writeVerbatim(lines.joined())
    }
  }

  /// Takes a name of printable ASCII without blanks; the empty one takes the name away.
  private func clientName(_ arguments: inout ArgumentReader) throws(CommandError) -> Text? {
    let name = try arguments.text("the name")
    guard name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .invalidClientName }
    guard name.utf8.count <= Limits.clientNameBytes else {
      throw .rejected(.limit(what: "bytes of a client's name", maximum: Limits.clientNameBytes))
    }
    return name.isEmpty ? nil : name
  }

  private func setInformation(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) {
    let options = NameTable([("LIB-NAME", true), ("LIB-VER", false)])
    guard let isName = options[try arguments.next("the option")]
    else { throw .unexpectedArgument(.client) }
    let value = try clientName(&arguments)
    if isName { session.libraryName = value } else { session.libraryVersion = value }
  }
}

extension Session {
  /// A line of CLIENT LIST.
  fileprivate func description(at now: UnixTime) -> String {
    let age = max(0, now.microseconds - connected.microseconds) / 1_000_000
    let fields = [
      ("id", String(number)), ("name", clientName?.string ?? ""), ("age", String(age)),
      ("db", "0"), ("resp", version == .two ? "2" : "3"), ("uid", peer.user.description),
      ("gid", peer.group.description), ("pid", peer.process.description), ("role", "\(role)"),
      // There is no subscription, transaction or memory accounting here; redis-py 4 reads these.
      ("idle", "0"), ("sub", "0"), ("psub", "0"), ("multi", "-1"), ("qbuf", "0"),
      ("qbuf-free", "0"), ("argv-mem", "0"), ("obl", "0"), ("oll", "0"),
      ("omem", String(backlog.unsentBytes)), ("tot-mem", "0"),
      ("behind", String(backlog.unwrittenEvents)),
      ("lib-name", libraryName?.string ?? ""), ("lib-ver", libraryVersion?.string ?? ""),
      ("cmd", lastCommand?.specification.name.description.lowercased() ?? "NULL"),
    ]
    return fields.map { "\($0)=\($1)" }.joined(separator: " ")
  }
}
