// Where results and messages go: results to the output, everything for people to the error output.
// The one place that writes to either; tests put memory in their place.
// Owner: the main thread; nothing is buffered, so nothing is lost at an exit.

import LinuxIO

/// The two outputs of the program.
final class Console {
  /// Where bytes end up.
  enum Sink {
    /// A standard stream of the process.
    case stream(StandardStream)
    /// Kept, for tests.
    case memory([UInt8])
  }

  private(set) var output: Sink
  private(set) var messages: Sink
  /// Whether the error output is a terminal, so that progress may overwrite its line.
  let isInteractive: Bool
  /// Whether the output is a terminal, which may show colour.
  let isTerminal: Bool

  /// Wraps two sinks.
  init(output: Sink, messages: Sink, isInteractive: Bool, isTerminal: Bool = false) {
    self.output = output
    self.messages = messages
    self.isInteractive = isInteractive
    self.isTerminal = isTerminal
  }

  /// The process's own outputs.
  static func standard() -> Console {
    Console(
      output: .stream(.output), messages: .stream(.error),
      isInteractive: StandardStream.error.isTerminal, isTerminal: StandardStream.output.isTerminal)
  }

  /// Writes a result.
  ///
  /// - Throws: `failed` when the output takes no more: a full disk, a reader that went away.
  func write(_ bytes: [UInt8]) throws(OutputError) {
    try output.write(bytes, name: "the output")
  }

  /// Writes a result and a line feed.
  func writeLine(_ text: String) throws(OutputError) { try write(Array((text + "\n").utf8)) }

  /// Writes a message for people.
  ///
  /// One that cannot be written is lost: there is no place left to say so.
  func tell(_ text: String) { try? messages.write(Array(text.utf8), name: "the error output") }
}

/// A file or stream that took no more bytes.
struct OutputError: Error, Equatable, Sendable {
  /// The file, by its path, or the stream, in words.
  let name: String
  /// What the kernel says.
  let reason: String
}

extension Console.Sink {
  fileprivate mutating func write(_ bytes: [UInt8], name: String) throws(OutputError) {
    switch self {
    case .memory(let earlier): self = .memory(earlier + bytes)
    case .stream(let stream):
      do throws(SystemError) {
        try stream.writeAll(bytes.span)
      } catch {
        throw OutputError(name: name, reason: error.description)
      }
    }
  }
}
