// Bytes waiting in line: what came from a peer and is not parsed yet, what goes to one and is not
// sent yet. Appended at the back, removed at the front; the room of what went is used again.
// Invariant: 0 <= head <= storage.count. One thread owns a queue.

/// A first-in, first-out queue of bytes over one growing buffer.
public struct ByteQueue: ~Copyable, Sendable {
  /// The buffer, to which reply writers append directly.
  ///
  /// Its first bytes may be removed ones; only append to it.
  public var storage: [UInt8] = []
  private var head = 0

  /// A buffer emptied of all its bytes is given back to the allocator when it grew beyond this.
  public static let keptCapacityBytes = 64 * 1024

  /// Makes an empty queue; nothing is allocated until the first byte.
  public init() {}

  /// How many bytes wait.
  public var count: Int { storage.count - head }

  /// Whether no byte waits.
  public var isEmpty: Bool { count == 0 }

  /// The waiting bytes, the oldest first.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get { storage.span.extracting(head..<storage.count) }
  }

  /// Appends a copy of `bytes`.
  ///
  /// - Complexity: amortised O(bytes).
  public mutating func append(_ bytes: Span<UInt8>) {
    storage.append(span: bytes)
  }

  /// Removes the oldest `count` bytes.
  ///
  /// - Precondition: that many wait.
  /// - Complexity: amortised O(1) a byte: what remains moves only when half of the buffer is gone.
  public mutating func removeFirst(_ count: Int) {
    precondition(count >= 0 && count <= self.count, "removing more than is there")
    head += count
    if head == storage.count {
      removeAll()
    } else if head > storage.count / 2 && head >= 4096 {
      storage.removeSubrange(0..<head)
      head = 0
    }
  }

  /// Removes every byte.
  public mutating func removeAll() {
    head = 0
    storage.removeAll(keepingCapacity: storage.capacity <= Self.keptCapacityBytes)
  }
}
