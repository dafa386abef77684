import Bytes
import Testing

@Suite struct SpanEqualityTests {
  @Test func `one other byte anywhere makes bytes of any length unequal`() {
    for length in 0...40 {
      let bytes = (0..<length).map { UInt8($0) }
      let same = bytes
      let isEqual = bytes.span.isEqual(to: same.span)
      #expect(isEqual)
      for position in 0..<length {
        var other = bytes
        other[position] ^= 0x80
        let differs = !bytes.span.isEqual(to: other.span)
        #expect(differs, "\(length) bytes, \(position)")
      }
    }
  }

  @Test func `a longer text is not its own beginning`() {
    let (short, long) = (Array("esi-mail.read".utf8), Array("esi-mail.read_mail".utf8))
    let isEqual = short.span.isEqual(to: long.span) || long.span.isEqual(to: short.span)
    #expect(!isEqual)
  }
}
