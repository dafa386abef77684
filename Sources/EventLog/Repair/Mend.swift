// A change that takes nothing away: it brings back the bytes that a writer wrote, or drops bytes
// that no writer wrote. Held by a plan, tried on a log in memory first (`MendedStorage`).
// The bytes may be part of a secret, so no description shows them.

/// A change to a segment that loses nothing.
public struct Mend: Sendable {
  /// What is done.
  public enum Way: Equatable, Sendable {
    /// A bit that was flipped is flipped back.
    case flippedBit
    /// The zeros between two frames are put back.
    case padding
    /// The trailer, which follows from the segment and from the next one, is written.
    case trailer
    /// Bytes behind a trailer, which belong to no frame, are cut off.
    case excess
  }

  /// The segment's file.
  public let file: String
  /// Where the change begins.
  public let offset: Int
  /// What is done.
  public let way: Way
  /// What is written there; nothing for bytes that are cut off.
  let bytes: [UInt8]

  /// How many bytes are written.
  public var sizeBytes: Int { bytes.count }
}

extension Mend: CustomStringConvertible, CustomReflectable {
  /// The mend in one phrase, without what is written.
  public var description: String {
    switch way {
    case .flippedBit: "one flipped bit is flipped back"
    case .padding: "\(sizeBytes) bytes of padding become zeros again"
    case .trailer: "the trailer is written"
    case .excess: "the bytes behind the trailer are cut off"
    }
  }

  /// The same to debuggers and dumps.
  public var customMirror: Mirror {
    Mirror(self, children: ["file": file, "offset": offset, "way": description])
  }
}
