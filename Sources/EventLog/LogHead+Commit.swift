// The end of the log as those see it who do not own the writer: it moves from commit to commit.
// The writer keeps its own head; both are the same whenever no batch is in flight.
// Owner: nobody; a value.

extension LogHead {
  /// The end of the log after `commit`, which follows this one.
  ///
  /// - Precondition: the commit's first sequence is ``nextSequence``.
  public func following(_ commit: Commit) -> LogHead {
    precondition(commit.firstSequence == nextSequence, "a commit out of order")
    var head = self
    head.segment = UInt64(commit.segment)
    head.lastSequence = commit.lastSequence
    head.chain = commit.chain
    return head
  }
}
