// SHA-256 against the vectors of FIPS 180-4 and NIST's examples, and the processor's instructions
// against the compression function in Swift.

import CryptoPrimitives
import Testing

/// The digest in hexadecimal, computed in Swift only.
private func softwareHex(_ bytes: [UInt8]) -> String {
  var hash = SHA256(inSoftware: ())
  hash.update(bytes.span)
  return hash.finalize().hex
}

/// Bytes without a pattern; the same ones in every run.
private func mixedBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }
}

@Suite struct SHA256Tests {
  private static let published: [(message: String, hex: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  @Test(arguments: published)
  func `the published vectors come out, by the instructions and in Swift`(
    message: String, hex: String
  ) {
    let bytes = Array(message.utf8)
    #expect(SHA256.digest(of: bytes.span).hex == hex)
    #expect(softwareHex(bytes) == hex)
  }

  @Test func `a million times the letter a, given in pieces of 1000`() {
    let piece = [UInt8](repeating: 0x61, count: 1000)
    var hash = SHA256()
    for _ in 0..<1000 { hash.update(piece.span) }
    let hex = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(hash.finalize().hex == hex)
  }

  @Test func `the instructions equal the Swift function at every length up to 300 bytes`() {
    let bytes = mixedBytes(300)
    for count in 0...bytes.count {
      let piece = Array(bytes[..<count])
      #expect(SHA256.digest(of: piece.span).hex == softwareHex(piece))
    }
  }

  @Test func `a message given in two pieces has the same digest at every split point`() {
    let bytes = mixedBytes(200)
    let whole = SHA256.digest(of: bytes.span)
    for split in 0...bytes.count {
      var hash = SHA256()
      hash.update(bytes.span.extracting(first: split))
      hash.update(bytes.span.bytes.extracting(droppingFirst: split))
      #expect(hash.finalize() == whole)
    }
  }

  @Test func `a message given byte by byte has the same digest`() {
    let bytes = mixedBytes(200)
    var hash = SHA256()
    for index in bytes.indices { hash.update(bytes.span.extracting(index..<index + 1)) }
    #expect(hash.finalize() == SHA256.digest(of: bytes.span))
  }

  @Test func `a copy of a running hash goes its own way`() {
    let bytes = mixedBytes(70)
    var first = SHA256()
    first.update(bytes.span)
    let second = first
    first.update(bytes.span)
    #expect(second.finalize() == SHA256.digest(of: bytes.span))
    #expect(first.finalize() == SHA256.digest(of: (bytes + bytes).span))
  }
}

@Suite struct SHA256DigestTests {
  @Test func `its 32 bytes make the same digest again`() {
    let digest = SHA256.digest(of: mixedBytes(10).span)
    #expect(SHA256Digest(digest.bytes.span) == digest)
    #expect(SHA256Digest(digest.span) == digest)
    #expect(digest.bytes.count == SHA256Digest.sizeBytes)
  }

  @Test(arguments: [0, 31, 33])
  func `any other number of bytes makes none`(count: Int) {
    #expect(SHA256Digest(mixedBytes(count).span) == nil)
  }

  @Test func `digests that differ in any single bit are different`() {
    let digest = SHA256.digest(of: mixedBytes(10).span)
    for bit in 0..<256 {
      var bytes = digest.bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(SHA256Digest(bytes.span) != digest)
    }
  }
}

@Suite struct FingerprintTests {
  @Test func `it shows the first eight hexadecimal characters of the digest`() {
    let secret = Array("abc".utf8)
    #expect(Fingerprint(of: secret.span).description == "ba7816bf")
    #expect(Fingerprint(of: secret.span).rawValue == 0xBA78_16BF)
  }

  @Test func `leading zeros are shown`() {
    var bytes = [UInt8](repeating: 0xFF, count: 32)
    bytes.replaceSubrange(0..<4, with: [0x00, 0x00, 0x01, 0x0A])
    let fingerprint = SHA256Digest(bytes.span).map(Fingerprint.init(_:))
    #expect(fingerprint?.description == "0000010a")
  }

  @Test func `equal secrets have equal fingerprints`() {
    let (one, other) = (Array("one".utf8), Array("other".utf8))
    #expect(Fingerprint(of: one.span) == Fingerprint(of: Array("one".utf8).span))
    #expect(Fingerprint(of: one.span) != Fingerprint(of: other.span))
  }
}
