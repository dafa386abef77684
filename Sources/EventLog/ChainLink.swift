// One step of the hash chain, `schema/log.md` section 2: the writer makes it, the verifier makes
// it again and compares. An erased section is taken in as the digest that replaced it, so erasing
// leaves every later value as it was. It allocates nothing; its cost is that of SHA-256 over the
// batch's bytes.

internal import Bytes
internal import CryptoPrimitives

/// The chain value after a batch, in the making.
struct ChainLink {
  private var hash = SHA256()

  /// Starts the step of a batch of `eventCount` events from the value before it.
  init(after chain: ChainValue, firstSequence: UInt64, eventCount: Int) {
    hash.update(littleEndian: chain.words.0)
    hash.update(littleEndian: chain.words.1)
    hash.update(littleEndian: chain.words.2)
    hash.update(littleEndian: chain.words.3)
    hash.update(littleEndian: firstSequence)
    hash.update(littleEndian: UInt32(eventCount))
  }

  /// Takes in the batch's next event.
  mutating func add(_ event: EventBody) {
    var commitment = SHA256()
    commitment.update(littleEndian: UInt32(event.facts.byteCount))
    commitment.update(littleEndian: UInt32(event.sectionCount))
    commitment.update(event.facts)
    for index in 0..<event.sectionCount {
      let section = event.section(at: index)
      if section.isErased {
        commitment.update(section.bytes)
      } else {
        var digest = SHA256()
        digest.update(section.bytes)
        commitment.update(digest.finalize().span)
      }
    }
    hash.update(commitment.finalize().span)
  }

  /// The value after the batch.
  consuming func finalize() -> ChainValue {
    ChainValue(hash.finalize())
  }
}

extension SHA256 {
  /// Takes in a number in little-endian order.
  fileprivate mutating func update<Value: FixedWidthInteger & BitwiseCopyable>(
    littleEndian value: Value
  ) {
    let bytes: InlineArray<1, Value> = [value.littleEndian]
    // Safe: an integer has no padding.
    update(unsafe bytes.span.bytes)
  }
}
