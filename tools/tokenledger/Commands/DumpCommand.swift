// `tokenledger dump`: the pieces of a log one after the other, good and bad, a line each. Changes
// nothing, and works where the daemon refuses to start. Of an event its facts are shown, as
// `history` shows them: a secret by its fingerprint, and its section by size.

import EventLog
import LedgerServer
import LedgerStore
import TokenLedger

/// The subcommand `dump`.
enum DumpCommand {
  /// Shows the pieces that were asked for.
  static func run(_ session: Session) throws {
    let directory = session.directory
    try DirectoryEndpoint.checkExistence(of: directory)
    var choice = PieceChoice(session.arguments)
    var failure: OutputError?
    let isJSON = session.arguments.has(.json)
    do throws(StoreError) {
      _ = try LedgerStore.survey(directory, patience: .besideADaemon) { sighting, body in
        guard failure == nil, choice.takes(sighting) else { return }
        let piece = ShownPiece(sighting, body: body)
        do throws(OutputError) {
          try isJSON ? session.write(piece.json) : session.console.writeLine(piece.text)
        } catch {
          failure = error
        }
      }
    } catch {
      throw EndpointError(error, directory: directory)
    }
    if let failure { throw failure }
  }
}

/// Which pieces of a log are wanted.
private struct PieceChoice {
  private let segment: String?
  private let firstSequence: UInt64?
  private let firstOffset: Int
  private var left: Int64
  private var isStarted: Bool

  init(_ arguments: Arguments) {
    segment = arguments.value(.segment)
    firstSequence = arguments.integer(.from).map { UInt64(clamping: $0) }
    firstOffset = Int(arguments.integer(.offset) ?? 0)
    left = arguments.integer(.count) ?? .max
    isStarted = firstSequence == nil
  }

  mutating func takes(_ sighting: Sighting) -> Bool {
    guard left > 0, segment.map({ $0 == sighting.file }) ?? true,
      sighting.offset + max(1, sighting.sizeBytes) > firstOffset
    else { return false }
    if !isStarted, case .event(let event) = sighting.content,
      let sequence = event.sequence, let firstSequence, sequence >= firstSequence
    {
      isStarted = true
    }
    guard isStarted else { return false }
    left -= 1
    return true
  }
}

/// A piece of a log in words.
private struct ShownPiece {
  private let sighting: Sighting
  /// Names and values, in order; harmless to show.
  private var details: [JSONValue.Member] = []

  init(_ sighting: Sighting, body: RawSpan) {
    self.sighting = sighting
    switch sighting.content {
    case .header(let header): add(header)
    case .event(let event): add(event, LogEvent(sighting, body: body))
    case .commit(let commit): add(commit)
    case .trailer(let last, let count, let chain):
      add("last", .number(last))
      add("events", .number(count))
      add("chain", .string("\(chain)"))
    case .damage(let kind): add("damage", .string("\(kind)"))
    case .torn, .zeros: break
    }
  }

  /// The piece as a line.
  var text: String {
    let words = details.map { "\($0.name)=\($0.value.word)" }
    let place = "\(sighting.file) \(sighting.offset) \(sighting.sizeBytes)"
    return ([place, kind, isGood ? "good" : "bad"] + words).joined(separator: " ")
  }

  /// The piece as an object.
  var json: JSONValue {
    .object(
      [
        JSONValue.Member(name: "file", value: .string(sighting.file)),
        JSONValue.Member(name: "offset", value: .number(sighting.offset)),
        JSONValue.Member(name: "size", value: .number(sighting.sizeBytes)),
        JSONValue.Member(name: "kind", value: .string(kind)),
        JSONValue.Member(name: "good", value: .boolean(isGood)),
      ] + details)
  }

  private var kind: String {
    switch sighting.content {
    case .header: "header"
    case .event: "event"
    case .commit: "commit"
    case .trailer: "trailer"
    case .torn: "torn"
    case .damage: "damage"
    case .zeros: "zeros"
    }
  }

  private var isGood: Bool {
    switch sighting.content {
    case .header, .event, .trailer, .zeros: true
    case .commit(let commit): commit.isChainRight != false
    case .torn, .damage: false
    }
  }

  private mutating func add(_ name: String, _ value: JSONValue) {
    details.append(JSONValue.Member(name: name, value: value))
  }

  private mutating func add(_ header: SegmentHeader) {
    add("ledger", .string("\(header.ledger)"))
    add("number", .number(header.number))
    add("first", .number(header.firstSequence))
    add("created_us", .integer(header.createdMicroseconds))
    add("chain", .string("\(header.chain)"))
  }

  private mutating func add(_ commit: SightedCommit) {
    add("first", .number(commit.firstSequence))
    add("events", .number(commit.eventCount))
    add("written_us", .integer(commit.writtenMicroseconds))
    add("chain", .string("\(commit.chain)"))
    add("chain_good", commit.isChainRight.map { .boolean($0) } ?? .null)
  }

  private mutating func add(_ event: SightedEvent, _ logged: LogEvent?) {
    add("sequence", .number(event.sequence))
    add("committed", .boolean(event.isCommitted))
    guard let logged else { return }
    for index in 0..<logged.sectionCount {
      let section = logged.section(at: index)
      let state = section.isErased ? "erased" : "\(section.bytes.byteCount) bytes"
      add("section\(index)", .string(state))
    }
    do throws(StoreError) {
      let fields = EventFields(try Event(logged: logged)).pairs.map { name, value in
        JSONValue.Member(name: name.description, value: .text(value))
      }
      details += fields.filter { $0.name != "seq" }
    } catch {
      add("undecodable", .string(error.description))
    }
  }
}

extension JSONValue {
  /// The value in a line for people.
  fileprivate var word: String {
    switch self {
    case .null: "-"
    case .text(let text): Self.quoted(String(decoding: text, as: UTF8.self).harmless)
    default: String(decoding: serialized, as: UTF8.self)
    }
  }

  private static func quoted(_ text: String) -> String {
    text.isEmpty || text.contains(" ") ? "\"\(text)\"" : text
  }
}
