// Which program the workers are, and how many run. A value, made by whoever runs the server; it
// holds the path of a secret at most, never the secret: what is in a command line, everybody on the
// machine can read. schema/protocol.md, "Refreshing".

/// The program of the workers that the server keeps running.
public struct WorkerProgram: Equatable, Sendable {
  /// The program's file.
  public var path: String
  /// What it is started with, behind its name.
  public var arguments: [String]
  /// How many of them run.
  public var count: Int

  /// Puts it together.
  public init(path: String, arguments: [String], count: Int) {
    self.path = path
    self.arguments = arguments
    self.count = count
  }
}
