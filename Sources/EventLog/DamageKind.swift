// What can be wrong with a file of the log, as data: thrown by the decoders, and carried upward
// in `LogError.damaged` with the file and the offset. The words for people are in `description`
// and `hint`, here and nowhere else; no case holds a byte of a payload.

/// What is wrong with a file of the log.
public enum DamageKind: Error, Equatable, Sendable {
  /// The file is shorter than a header.
  case headerCut
  /// The file does not start as a segment does.
  case notASegment
  /// The header's check is not right.
  case headerCheck
  /// The header is whole, but holds numbers that no writer gives.
  case malformedHeader
  /// The segment was written by another version of the format.
  case unsupportedVersion(UInt16)
  /// The segment has feature bits that this version does not know.
  case unsupportedFeatures(UInt32)
  /// The segment belongs to another ledger than the ones before it.
  case foreignLedger(LedgerID)
  /// The segment's first sequence is not the one in its name, or not the one after the last
  /// event before it: a segment is missing, moved or doubled.
  case firstSequence(expected: UInt64, found: UInt64)
  /// The segment's number does not follow the number before it.
  case segmentNumber(expected: UInt64, found: UInt64)
  /// The file is larger than locations reach into.
  case fileTooLarge
  /// The chain value in a header or record is not the one that the events before it give.
  case brokenChain

  /// The check of a frame's head is not right.
  case headCheck
  /// The check of a frame's body is not right.
  case bodyCheck
  /// A frame was expected and there are zeros, with other bytes behind them.
  case missingFrame
  /// The file ends inside a batch or a frame, and is not the last of the log.
  case unfinishedBatch
  /// A frame whose checks are right has a kind that this version does not know.
  case unknownFrameKind(UInt8)
  /// A frame whose checks are right has an impossible size.
  case bodySize(Int)
  /// A head whose check is right holds numbers that no writer gives.
  case malformedHead
  /// The bytes between a body and the next frame are not zeros.
  case padding
  /// The sections do not fit into their body.
  case malformedSections
  /// A commit does not describe the events before it.
  case commitMismatch(expectedSequence: UInt64, foundSequence: UInt64)
  /// A trailer does not describe the segment before it.
  case trailerMismatch
  /// A segment has no trailer, and is not the last of the log.
  case missingTrailer
  /// Bytes other than zeros stand behind the trailer.
  case dataBehindTrailer
}

extension DamageKind: CustomStringConvertible {
  /// What is wrong, as a phrase that follows "damaged:".
  public var description: String {
    switch self {
    case .headerCut: "the file is shorter than a header"
    case .notASegment: "this is not the start of a segment"
    case .headerCheck: "the header's checksum is wrong"
    case .malformedHeader: "the header holds impossible numbers"
    case .unsupportedVersion(let version):
      "format version \(version), but this program reads version \(LogFormat.version)"
    case .unsupportedFeatures(let bits):
      "feature bits 0x\(String(bits, radix: 16)), which this program does not know"
    case .foreignLedger(let ledger): "the segment belongs to the ledger \(ledger)"
    case .firstSequence(let expected, let found):
      "the segment starts at sequence \(found), but \(expected) comes next"
    case .segmentNumber(let expected, let found):
      "the segment has the number \(found), but \(expected) comes next"
    case .fileTooLarge: "the file is larger than any segment"
    case .brokenChain: "the hash chain does not continue here"
    case .headCheck: "the checksum of a frame's head is wrong"
    case .bodyCheck: "the checksum of a frame's body is wrong"
    case .missingFrame: "a frame is missing here, other bytes follow"
    case .unfinishedBatch: "the file ends inside a batch, but a later one exists"
    case .unknownFrameKind(let kind): "a frame of the unknown kind \(kind)"
    case .bodySize(let size): "a frame of \(size) bytes"
    case .malformedHead: "a frame's head holds impossible numbers"
    case .padding: "the bytes between two frames are not zeros"
    case .malformedSections: "an event's sections do not fit into its frame"
    case .commitMismatch(let expected, let found):
      "a commit for sequence \(found) does not fit the events from sequence \(expected) before it"
    case .trailerMismatch: "the trailer does not fit the segment before it"
    case .missingTrailer: "the segment has no trailer, but a later segment exists"
    case .dataBehindTrailer: "bytes stand behind the segment's trailer"
    }
  }

  /// What the operator can do about it.
  public var hint: String {
    switch self {
    case .unsupportedVersion, .unsupportedFeatures:
      "Use the version of tokenledger that wrote the file, or a newer one."
    case .foreignLedger, .firstSequence, .segmentNumber, .missingTrailer:
      "A file was moved, removed or copied: put the files of one ledger back together."
    default:
      "Run `tokenledger verify`, then `tokenledger repair --dry-run`; neither changes anything."
    }
  }
}
