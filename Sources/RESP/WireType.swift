// The first byte of everything on the wire says what follows.
//
// Requests use two of these (array and bulk), replies all of them. The numbers are the protocol's
// own: never renumber. Owner: nobody; constants only.

/// The kind of a value on the wire; the raw value is its first byte.
///
/// - Source: RESP3 specification, "RESP3 types"; the first five are those of RESP2.
enum WireType: UInt8 {
  case simple = 0x2B  // +
  case error = 0x2D  // -
  case integer = 0x3A  // :
  case bulk = 0x24  // $
  case array = 0x2A  // *
  case null = 0x5F  // _
  case boolean = 0x23  // #
  case double = 0x2C  // ,
  case bigNumber = 0x28  // (
  case bulkError = 0x21  // !
  case verbatim = 0x3D  // =
  case map = 0x25  // %
  case set = 0x7E  // ~
  case push = 0x3E  // >
  case attribute = 0x7C  // |
}

/// The dialect of a connection: RESP2 until the client says `HELLO 3`.
public enum ProtocolVersion: UInt8, Sendable {
  /// RESP2, spoken by every Redis client since 2010.
  case two = 2

  /// RESP3, with maps, sets, booleans, doubles, verbatim strings and pushes.
  case three = 3
}
