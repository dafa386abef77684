import Bytes
import Testing

@Suite struct ByteReaderTests {
  @Test(arguments: [0, 1, 127, 128, 300, 16383, 16384, UInt64.max >> 1, .max])
  func `a number comes back as it was written`(value: UInt64) throws {
    var bytes: [UInt8] = []
    bytes.append(varint: value)
    var reader = ByteReader(bytes.span)
    let read = try reader.readVarint()
    let rest = reader.remaining
    #expect(read == value && rest == 0)
  }

  @Test(arguments: [0, -1, 1, 63, -64, 64, Int64.max, .min])
  func `a signed number comes back as it was written`(value: Int64) throws {
    var bytes: [UInt8] = []
    bytes.append(signedVarint: value)
    var reader = ByteReader(bytes.span)
    let read = try reader.readSignedVarint()
    #expect(read == value)
  }

  @Test func `fixed widths are little-endian`() throws {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(0x0102_0304))
    bytes.append(littleEndian: Int64(-2))
    bytes.append(littleEndian: UInt8(9))
    #expect(bytes == [4, 3, 2, 1, 0xfe, 255, 255, 255, 255, 255, 255, 255, 9])
    var reader = ByteReader(bytes.span)
    let first = try reader.readInteger(UInt32.self)
    let second = try reader.readInteger(Int64.self)
    let third = try reader.readByte()
    #expect(first == 0x0102_0304 && second == -2 && third == 9)
  }

  @Test func `every truncation of a message is told and moves nothing`() throws {
    var message: [UInt8] = []
    message.append(varint: 300)
    message.append(prefixed: Array("owner".utf8))
    message.append(littleEndian: UInt64(7))
    for length in 0..<message.count {
      let cut = Array(message[..<length])
      var reader = ByteReader(cut.span)
      do throws(ReadError) {
        _ = try reader.readVarint()
        _ = try reader.readPrefixedBytes()
        _ = try reader.readInteger(UInt64.self)
        Issue.record("read past a cut at \(length)")
      } catch {
        let position = reader.position
        #expect(error == .truncated(offset: position) && position <= length)
      }
    }
  }

  @Test(arguments: [[0x80, 0x00], [0xff, 0x00], Array(repeating: 0xff, count: 10) + [1]])
  func `a number with a second spelling is refused`(bytes: [UInt8]) {
    #expect(throws: ReadError.malformedNumber(offset: 0)) {
      var reader = ByteReader(bytes.span)
      _ = try reader.readVarint()
    }
  }

  @Test func `an announced length beyond the end is refused before anything is read`() {
    var bytes: [UInt8] = []
    bytes.append(varint: .max)
    bytes.append(1)
    let announced = bytes
    #expect(throws: ReadError.truncated(offset: 0)) {
      var reader = ByteReader(announced.span)
      _ = try reader.readPrefixedBytes()
    }
  }

  @Test func `a store replaces the bytes in place`() {
    var bytes: [UInt8] = [9, 9, 9, 9, 9, 9]
    bytes.store(littleEndian: UInt32(1), at: 1)
    #expect(bytes == [9, 1, 0, 0, 0, 9])
  }

  @Test func `a store outside the array traps`() async {
    await #expect(processExitsWith: .failure) {
      var bytes: [UInt8] = [0, 0]
      bytes.store(littleEndian: UInt32(1), at: 0)
    }
  }
}
