// The names in the log's directory. The number in a name is the segment's first sequence, in as
// many digits as the largest one has, so that names sort as sequences do. A name is read back
// only if it is spelled exactly as it would be written: every other file is left alone.

/// The names of a segment and of the files beside it.
enum SegmentName {
  static let suffix = ".segment"
  static let temporarySuffix = ".segment.tmp"
  static let tornInfix = ".segment.torn-"
  private static let digits = 20

  /// `<first sequence, 20 digits>.segment`.
  static func segment(firstSequence: UInt64) -> String {
    let number = String(firstSequence)
    return String(repeating: "0", count: digits - number.count) + number + suffix
  }

  /// The first sequence in a segment's name, or `nil` when the name is not a segment's.
  static func firstSequence(of name: String) -> UInt64? {
    guard name.hasSuffix(suffix) else { return nil }
    return number(name.utf8.dropLast(suffix.utf8.count))
  }

  /// The name under which a segment is made before it gets its own.
  static func temporary(firstSequence: UInt64) -> String {
    segment(firstSequence: firstSequence) + ".tmp"
  }

  /// Whether a name is one of an unfinished segment.
  static func isTemporary(_ name: String) -> Bool {
    name.hasSuffix(temporarySuffix)
      && number(name.utf8.dropLast(temporarySuffix.utf8.count)) != nil
  }

  /// Whether a name is one that this module gives.
  static func isOurs(_ name: String) -> Bool {
    firstSequence(of: name) != nil || isTemporary(name) || tornOrigin(of: name) != nil
  }

  /// The name under which the tail cut from `segment` at `offset` is kept.
  static func torn(segment: String, offset: Int) -> String {
    "\(segment).torn-\(offset)"
  }

  /// The segment and the offset in the name of a kept tail, or `nil` for any other name.
  static func tornOrigin(of name: String) -> (segment: String, offset: Int)? {
    let bytes = name.utf8
    let segmentLength = digits + suffix.utf8.count
    guard bytes.count > segmentLength + 6 else { return nil }
    let segment = String(decoding: bytes.prefix(segmentLength), as: UTF8.self)
    let rest = String(decoding: bytes.dropFirst(segmentLength), as: UTF8.self)
    guard firstSequence(of: segment) != nil, rest.hasPrefix(".torn-"),
      let offset = Int(rest.dropFirst(6)), torn(segment: segment, offset: offset) == name
    else { return nil }
    return (segment, offset)
  }

  /// The number spelled by exactly 20 digits.
  private static func number(_ text: String.UTF8View.SubSequence) -> UInt64? {
    guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(String(decoding: text, as: UTF8.self))
  }
}
