// The suites, each named by the question that it answers. A suite takes the session, makes its
// data, compares the answers of both sides, and only then measures. What it needs and does not
// find it skips aloud. The order is that of the list.

/// A group of measurements that answer one question.
struct Suite: Sendable {
  let name: String
  let question: String
  let run: @Sendable (Session) throws -> Void

  /// Every suite, in the order in which they run.
  static let all = [
    Suite(
      name: "scopes", question: "is a scope query in memory as fast as memory allows?",
      run: ScopeSuite.run),
    Suite(
      name: "socket", question: "does a scope query over the socket keep up with Redis PING?",
      run: SocketSuite.run),
    Suite(
      name: "instructions", question: "how many instructions does one request cost?",
      run: InstructionSuite.run),
    Suite(
      name: "append", question: "does a durable write cost more than its fdatasync?",
      run: AppendSuite.run),
    Suite(
      name: "replay", question: "how far is opening a log from just reading it?",
      run: ReplaySuite.run),
    Suite(
      name: "history", question: "what does the past cost, and those who ask about the present?",
      run: HistorySuite.run),
    Suite(
      name: "start", question: "is the daemon there at once, and small?", run: StartSuite.run),
  ]
}
