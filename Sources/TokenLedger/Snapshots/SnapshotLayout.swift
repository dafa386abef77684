// Where each part of a snapshot's body is: schema/snapshot.md section 1. All of it follows from the
// head. Invariant: the parts lie behind each other without a gap, from the head to the end.
// Sums cannot overflow: a head's counts are below 2^32 or at most the size of what is in memory.

/// The places of the parts.
struct SnapshotLayout {
  static let keyUseWidth = 12
  static let tokenWidth = 88
  static let previousWidth = 24
  static let leaseWidth = 24
  static let heldBackWidth = 12

  /// The sizes of the texts of a catalog, then their bytes.
  struct Texts {
    let sizes: Range<Int>
    let bytes: Range<Int>
  }

  let texts: Texts
  let users: Texts
  let scopes: Texts
  let keys: Texts
  let keyUses: Range<Int>
  let setSizes: Range<Int>
  let members: Range<Int>
  let tokens: Range<Int>
  let order: Range<Int>
  let previous: Range<Int>
  let leases: Range<Int>
  let heldBack: Range<Int>

  /// The size of the whole body.
  var byteCount: Int { heldBack.upperBound }

  init(_ head: SnapshotHead) {
    var end = SnapshotHead.byteCount
    func next(_ count: Int, of width: Int) -> Range<Int> {
      let start = end
      end += count * width
      return start..<end
    }
    func next(_ amount: TextAmount) -> Texts {
      Texts(sizes: next(amount.count, of: 4), bytes: next(amount.byteCount, of: 1))
    }
    texts = next(head.texts)
    users = next(head.users)
    scopes = next(head.scopes)
    keys = next(head.keys)
    keyUses = next(head.keys.count, of: Self.keyUseWidth)
    setSizes = next(head.setCount, of: 4)
    members = next(head.memberCount, of: 4)
    tokens = next(head.tokenCount, of: Self.tokenWidth)
    order = next(head.liveCount, of: 4)
    previous = next(head.previousCount, of: Self.previousWidth)
    leases = next(head.leaseCount, of: Self.leaseWidth)
    heldBack = next(head.heldBackCount, of: Self.heldBackWidth)
  }
}
