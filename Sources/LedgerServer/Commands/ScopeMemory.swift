// What scope arguments came to the last time: an application asks for the same few scopes again and
// again, and splitting, checking and looking up their names was a third of a query's instructions.
// Direct-mapped and of fixed size, so that it neither grows nor needs care; a remembered answer is
// used only while the ledger knows the same scopes and sets as then. One thread owns it.
// Benchmark: "instructions", CHARACTER COUNT.

import Bytes
import TokenLedger

/// Conditions on scopes by the text that asked for them.
struct ScopeMemory {
  private struct Entry {
    var text: [UInt8]
    var comparison: TokenFilter.ScopeComparison
    var condition: RememberedScopes
  }

  /// A power of two.
  static let slotCount = 512
  /// Longer texts are not remembered: they are rare, and their work is not in looking up alone.
  static let maximumTextBytes = 1024

  private var entries = [Entry?](repeating: nil, count: slotCount)

  /// Adds to `filter` what `text` came to before; false when that is not known, or not valid now.
  ///
  /// - Complexity: O(bytes).
  func add(
    _ text: Span<UInt8>, _ comparison: TokenFilter.ScopeComparison, to filter: inout TokenFilter,
    in state: borrowing LedgerState
  ) -> Bool {
    guard let entry = entries[slot(of: text)], entry.comparison == comparison,
      text.isEqual(to: entry.text.span)
    else { return false }
    return filter.add(entry.condition, in: state)
  }

  /// Remembers the condition that was just added for `text`.
  mutating func remember(
    _ text: Span<UInt8>, _ comparison: TokenFilter.ScopeComparison, from filter: TokenFilter,
    in state: borrowing LedgerState
  ) {
    guard text.count <= Self.maximumTextBytes else { return }
    entries[slot(of: text)] = Entry(
      text: [UInt8](copying: text), comparison: comparison,
      condition: filter.lastScopes(in: state))
  }

  private func slot(of text: Span<UInt8>) -> Int {
    let raw = unsafe text.bytes  // Safety: bytes have no padding.
    var hash = UInt64(truncatingIfNeeded: text.count)
    var offset = 0
    while offset + 8 <= text.count {
      hash = (hash ^ raw.integer(UInt64.self, at: offset)) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
      offset += 8
    }
    if text.count >= 8 { hash ^= raw.integer(UInt64.self, at: text.count - 8) }
    return Int(truncatingIfNeeded: (hash &* 0xd6e8_feb8_6659_fd93) >> 40) & (Self.slotCount - 1)
  }
}
