// What stands in the log's directory, sorted by what it is. Names that are none of ours are left
// alone. It changes nothing: an unfinished last segment is only left out of the list here, and
// removed by `LogMending`; `schema/log.md` section 4 says when a segment is unfinished and when
// damaged.

internal import LinuxIO

/// The files of a log, by name.
struct LogDirectory {
  /// The segments, in order.
  private(set) var segments: [String] = []
  /// Segments whose making was interrupted.
  private(set) var temporaries: [String] = []
  /// Tails that were cut off, by this start or an earlier one.
  private(set) var torn: [String] = []

  /// A last segment that was never finished; it holds nothing and is not among `segments`.
  private(set) var unfinished: String?

  /// Lists a directory.
  ///
  /// - Throws: `system`.
  init(_ storage: any LogStorage) throws(LogError) {
    let names: [String]
    do throws(SystemError) {
      names = try storage.names()
    } catch {
      throw .system(error, file: "")
    }
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if SegmentName.firstSequence(of: name) != nil {
        segments.append(name)
      } else if SegmentName.isTemporary(name) {
        temporaries.append(name)
      } else if SegmentName.tornOrigin(of: name) != nil {
        torn.append(name)
      }
    }
    try leaveOutUnfinished(storage)
  }
}

extension LogDirectory {
  /// Takes a last segment whose header is not whole, and that holds nothing, out of the list.
  ///
  /// A header is synced before its file gets its name; only a disk that reorders behind a sync can
  /// leave such a file. Its absence is no loss. A first segment must have the name of one: else
  /// the segments before it are missing.
  private mutating func leaveOutUnfinished(_ storage: any LogStorage) throws(LogError) {
    guard let name = segments.last else { return }
    guard segments.count > 1 || SegmentName.firstSequence(of: name) == 1 else { return }
    do throws(SystemError) {
      let file = try storage.open(name, .readOnly)
      let size = try file.sizeBytes()
      let start = try file.bytes(at: 0, count: min(size, LogFormat.headerSizeBytes))
      guard Self.isUnfinished(header: start) else { return }
      guard try Self.isZero(file, from: start.count) else { return }
    } catch {
      throw .system(error, file: name)
    }
    unfinished = segments.removeLast()
  }

  /// Whether a file holds only zeros from `offset` on; it may be of any size.
  private static func isZero(
    _ file: any LogFile, from offset: Int
  ) throws(SystemError) -> Bool {
    var offset = offset
    while true {
      let bytes = try file.bytes(at: offset, count: 64 * 1024)
      if bytes.isEmpty { return true }
      guard bytes.allSatisfy({ $0 == 0 }) else { return false }
      offset += bytes.count
    }
  }

  private static func isUnfinished(header bytes: [UInt8]) -> Bool {
    do throws(DamageKind) {
      // Safe: a span of bytes has no padding.
      _ = try SegmentHeader(decoding: unsafe bytes.span.bytes)
      return false
    } catch {
      switch error {
      case .headerCut, .notASegment, .headerCheck: return true
      default: return false
      }
    }
  }
}
