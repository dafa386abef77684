// The bytes of the wire that have a meaning, by name.
//
// Every one is a plain number, so that comparing costs one instruction and no `String` is near.
// Owner: nobody; constants only. Format: schema/protocol.md.

/// The bytes that the protocol and the inline syntax give a meaning.
enum ASCII {
  static let bell: UInt8 = 0x07
  static let backspace: UInt8 = 0x08
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let doubleQuote: UInt8 = 0x22
  static let singleQuote: UInt8 = 0x27
  static let minus: UInt8 = 0x2D
  static let zero: UInt8 = 0x30
  static let colon: UInt8 = 0x3A
  static let backslash: UInt8 = 0x5C

  /// White space as C's `isspace` has it: tab, LF, VT, FF, CR and space.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == space || (byte &- tab) < 5
  }

  /// The value of a hexadecimal digit, or nil when it is none.
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x41...0x46: byte &- 0x37
    case 0x61...0x66: byte &- 0x57
    default: nil
    }
  }
}
