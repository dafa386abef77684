// Text that is compared byte by byte. Swift's String compares by canonical equivalence, by which
// the two forms of é, or K and the Kelvin sign, would be one scope, and the oracle says that they
// are two. Invariant: valid UTF-8 without U+0000.

import Bytes

/// Valid UTF-8 without U+0000, equal and ordered by its bytes (which is the order of code points).
public struct Text: Hashable, Comparable, Sendable {
  /// The bytes.
  public let utf8: [UInt8]

  /// Takes over bytes that were checked before.
  private init(checked utf8: [UInt8]) {
    self.utf8 = utf8
  }

  /// Copies `bytes`, or gives nil when they are not valid UTF-8 or hold U+0000.
  ///
  /// - Complexity: O(bytes).
  public init?(_ bytes: Span<UInt8>) {
    guard Text.isValid(bytes) else { return nil }
    self.utf8 = [UInt8](copying: bytes)
  }

  /// Copies `string`, or gives nil when it holds U+0000.
  public init?(_ string: String) {
    let bytes = Array(string.utf8)
    guard !bytes.contains(0) else { return nil }
    self.utf8 = bytes
  }

  /// The empty text.
  public static let empty = Text(checked: [])

  /// Whether the text has no byte.
  public var isEmpty: Bool { utf8.isEmpty }

  /// The text for showing; never for comparing.
  public var string: String { String(decoding: utf8, as: UTF8.self) }

  /// Whether `bytes` could be a text.
  ///
  /// - Complexity: O(bytes).
  public static func isValid(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where bytes[index] == 0 { return false }
    return (try? UTF8Span(validating: bytes)) != nil
  }

  /// Whether `left` comes before `right` by bytes.
  public static func < (left: Text, right: Text) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
