// A segment's file once its header was read and found good: to have one is to know that the file
// is a segment of this version, and by which check its frames are bound to it. Whether it is the
// right segment at this place in the log is `Replay`'s question.

internal import LinuxIO

/// An open segment and who it is.
struct SegmentFile: Sendable {
  let file: any LogFile
  let name: String
  let header: SegmentHeader
  let check: SegmentCheck

  /// Names a file whose header is known, or was made out in another way.
  init(_ file: any LogFile, name: String, header: SegmentHeader, check: SegmentCheck) {
    self.file = file
    self.name = name
    self.header = header
    self.check = check
  }

  /// Opens the segment `name` and reads its header.
  ///
  /// - Throws: `damaged` when the header is not one; `system`.
  init(_ storage: any LogStorage, name: String, access: FileAccess) throws(LogError) {
    let bytes: [UInt8]
    do throws(SystemError) {
      file = try storage.open(name, access)
      bytes = try file.bytes(at: 0, count: LogFormat.headerSizeBytes)
    } catch {
      throw .system(error, file: name)
    }
    do throws(DamageKind) {
      // Safe: a span of bytes has no padding.
      header = try SegmentHeader(decoding: unsafe bytes.span.bytes)
    } catch {
      throw .damaged(file: name, offset: 0, error)
    }
    check = header.check
    self.name = name
  }

  /// The size of the file.
  func sizeBytes() throws(LogError) -> Int {
    do throws(SystemError) {
      return try file.sizeBytes()
    } catch {
      throw .system(error, file: name)
    }
  }
}
