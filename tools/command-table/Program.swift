// Keeps what is made from schema/commands.json in step with it: the server's command table and
// the reference in protocol.md. Without an option it writes them; with --check it only compares.
// Exit codes: 0 done, 1 a file is stale, 64 usage, 65 the schema is wrong, 74 input or output.
// Runs from the repository's root, or with --root.

import Foundation

@main
enum Program {
  static func main() {
    do throws(Failure) {
      let options = try Options(CommandLine.arguments.dropFirst())
      try Generation(root: options.root).run(isCheck: options.isCheck)
    } catch {
      FileHandle.standardError.write(Data((error.message + "\n").utf8))
      exit(error.code)
    }
  }
}

/// Why the program ends, in the words it ends with.
struct Failure: Error {
  let code: Int32
  let message: String

  static func stale(_ path: String) -> Failure {
    Failure(code: 1, message: "\(path): stale; run `swift run command-table`")
  }
  static let usage = Failure(code: 64, message: "usage: command-table [--check] [--root DIR]")
  static func schema(_ faults: [SchemaFault]) -> Failure {
    let lines = faults.map { "\(Generation.schema): \($0)" }
    return Failure(code: 65, message: lines.joined(separator: "\n"))
  }
  static func file(_ path: String, _ problem: String) -> Failure {
    Failure(code: 74, message: "\(path): \(problem)")
  }
}

/// The command line.
struct Options {
  var isCheck = false
  var root = "."

  init(_ words: ArraySlice<String>) throws(Failure) {
    var words = words
    while let word = words.popFirst() {
      switch word {
      case "--check": isCheck = true
      case "--root":
        guard let directory = words.popFirst() else { throw .usage }
        root = directory
      default: throw .usage
      }
    }
  }
}

/// One run over the repository.
struct Generation {
  static let schema = "schema/commands.json"
  static let table = "Sources/LedgerServer/CommandTable.swift"
  static let protocolPage = "schema/protocol.md"

  let root: String

  /// Writes the files that differ from what the schema says, or reports the first of them.
  func run(isCheck: Bool) throws(Failure) {
    let file = try readSchema()
    let page = try text(Self.protocolPage)
    guard let newPage = Reference(file: file).inserted(into: page) else {
      throw .file(Self.protocolPage, "does not have the two markers of the reference once each")
    }
    try settle(Self.table, SwiftSource(file: file).text, isCheck)
    try settle(Self.protocolPage, newPage, isCheck)
  }

  private func readSchema() throws(Failure) -> CommandFile {
    let json = Data(try text(Self.schema).utf8)
    let file: CommandFile
    do throws(SchemaFault) { file = try CommandFile(json: json) } catch { throw .schema([error]) }
    let faults = file.faults()
    guard faults.isEmpty else { throw .schema(faults) }
    return file
  }

  private func settle(_ path: String, _ wanted: String, _ isCheck: Bool) throws(Failure) {
    guard (try? text(path)) != wanted else { return }
    if isCheck { throw .stale(path) }
    do { try wanted.write(toFile: "\(root)/\(path)", atomically: true, encoding: .utf8) } catch {
      throw .file(path, "cannot be written")
    }
  }

  private func text(_ path: String) throws(Failure) -> String {
    do { return try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) } catch {
      throw .file(path, "cannot be read")
    }
  }
}
