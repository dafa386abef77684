// Patterns as Redis has them: `*`, `?`, `[a-c]`, `[^a]` and `\`; over bytes.
// Linear in the usual case. A pattern with many stars costs at most name × pattern, since only the
// last star is ever retried: no pattern of a client can hold up the loop.

/// A pattern over bytes.
public struct GlobPattern: Sendable {
  private let pattern: [UInt8]

  /// Takes the pattern as it is written.
  public init(_ pattern: [UInt8]) {
    self.pattern = pattern
  }

  /// Whether all of `name` fits.
  public func matches(_ name: [UInt8]) -> Bool {
    var position = 0
    var index = 0
    var star: (index: Int, position: Int)?
    while position < name.count {
      if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        star = (index, position)
        index += 1
      } else if let next = step(index, name[position]) {
        index = next
        position += 1
      } else if let last = star {
        star = (last.index, last.position + 1)
        index = last.index + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// The index behind the element at `index` if it fits `byte`.
  private func step(_ index: Int, _ byte: UInt8) -> Int? {
    guard index < pattern.count else { return nil }
    switch pattern[index] {
    case UInt8(ascii: "?"): return index + 1
    case UInt8(ascii: "["): return stepClass(index, byte)
    case UInt8(ascii: "\\") where index + 1 < pattern.count:
      return pattern[index + 1] == byte ? index + 2 : nil
    default: return pattern[index] == byte ? index + 1 : nil
    }
  }

  /// A class of bytes; one without its end is read as a plain bracket.
  private func stepClass(_ index: Int, _ byte: UInt8) -> Int? {
    guard let end = pattern[(index + 1)...].firstIndex(of: UInt8(ascii: "]"))
    else { return pattern[index] == byte ? index + 1 : nil }
    var members = pattern[(index + 1)..<end]
    let isNegated = members.first == UInt8(ascii: "^")
    if isNegated { members = members.dropFirst() }
    return contains(Array(members), byte) == isNegated ? nil : end + 1
  }

  private func contains(_ members: [UInt8], _ byte: UInt8) -> Bool {
    var index = 0
    while index < members.count {
      if index + 2 < members.count, members[index + 1] == UInt8(ascii: "-") {
        if members[index] <= byte && byte <= members[index + 2] { return true }
        index += 3
      } else {
        if members[index] == byte { return true }
        index += 1
      }
    }
    return false
  }
}
