// Where the arguments of a request lie.
//
// The slots are reused from request to request, so that the steady state neither allocates nor
// counts references; the table grows with the arguments that have arrived, never with the number
// announced. Owner: the parser. An inline array of slots would save the allocation, but Swift 6.3
// copies the whole of it for every read.

/// Where an argument lies, counted from the start of the request, or of the unquoted inline bytes.
@usableFromInline
struct ArgumentRange: Sendable {
  @usableFromInline let start: UInt32
  @usableFromInline let count: UInt32

  /// Both numbers are below 2 GiB: the parser's limits see to it.
  init(start: Int, count: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.count = UInt32(truncatingIfNeeded: count)
  }
}

/// The arguments of one request, in order.
@usableFromInline
struct ArgumentTable: Sendable {
  /// Slots; the first `count` of them are arguments of the present request.
  @usableFromInline var slots: [ArgumentRange] = []
  @usableFromInline var count = 0

  /// The most slots that are kept for the next request.
  private static let retainedSlots = 1_024
  /// The slots that are made ahead, and that hold nearly every request.
  private static let usualSlots = 16

  init() {}

  mutating func append(_ range: ArgumentRange) {
    if count == slots.count { addSlots() }
    slots[count] = range
    count &+= 1
  }

  /// Empties the table; the slots of a rare large request are given back.
  mutating func removeAll() {
    count = 0
    if slots.count > Self.retainedSlots { slots = [] }
  }

  /// Makes room for at least one argument more.
  mutating func addSlots() {
    let added = max(Self.usualSlots, slots.count)
    slots.append(contentsOf: repeatElement(ArgumentRange(start: 0, count: 0), count: added))
  }
}
