// The body of an event frame taken apart without copying, `schema/log.md` section 1:
//
//     | section word × sections | facts | section | section …
//
// A body is looked at through this type only after its check was good and its shape was found to
// fit; the shape is a promise of the writer, but a reader keeps its own word for it.

internal import Bytes
internal import CryptoPrimitives

/// The parts of an event's body.
struct EventBody: ~Escapable {
  private let span: RawSpan
  let sectionCount: Int
  /// Where the facts end and the sections begin.
  private let factsEnd: Int

  /// Looks at a body, or gives `nil` when the sections leave no room for facts.
  @_lifetime(copy span)
  @inline(__always)
  init?(_ span: RawSpan, sectionCount: Int) {
    var sectionsSize = 0
    for index in 0..<sectionCount {
      let wordStart = index * LogFormat.sectionWordSizeBytes
      guard wordStart + LogFormat.sectionWordSizeBytes <= span.byteCount else { return nil }
      let word = span.integer(UInt32.self, at: wordStart)
      let size = Int(word & ~LogFormat.erasedBit)
      let isErased = word & LogFormat.erasedBit != 0
      guard !isErased || size == SHA256Digest.sizeBytes else { return nil }
      sectionsSize += size
    }
    let factsStart = sectionCount * LogFormat.sectionWordSizeBytes
    guard factsStart + sectionsSize < span.byteCount else { return nil }
    self.span = span
    self.sectionCount = sectionCount
    factsEnd = span.byteCount - sectionsSize
  }

  /// The facts, at least one byte.
  var facts: RawSpan {
    @_lifetime(copy self)
    get { span.extracting(sectionCount * LogFormat.sectionWordSizeBytes..<factsEnd) }
  }

  /// The section at `index`, from 0.
  @_lifetime(copy self)
  func section(at index: Int) -> LogSection {
    precondition(index >= 0 && index < sectionCount, "no such section")
    var start = factsEnd
    for earlier in 0..<index { start += sizeBytes(ofSectionAt: earlier) }
    let size = sizeBytes(ofSectionAt: index)
    return LogSection(isErased: isErased(index), bytes: span.extracting(start..<start + size))
  }

  private func word(_ index: Int) -> UInt32 {
    span.integer(at: index * LogFormat.sectionWordSizeBytes)
  }

  private func isErased(_ index: Int) -> Bool {
    word(index) & LogFormat.erasedBit != 0
  }

  private func sizeBytes(ofSectionAt index: Int) -> Int {
    Int(word(index) & ~LogFormat.erasedBit)
  }
}

/// A part of an event that can be erased without changing the rest: a secret.
public struct LogSection: ~Escapable {
  /// Whether the bytes were erased; `bytes` is their SHA-256 then.
  public let isErased: Bool
  /// The section's bytes, or the 32 bytes of their digest.
  public let bytes: RawSpan

  @_lifetime(copy bytes)
  init(isErased: Bool, bytes: RawSpan) {
    self.isErased = isErased
    self.bytes = bytes
  }
}
