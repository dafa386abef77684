// Writing. A single write may take only a part of the bytes (the disk is nearly full, a signal
// came late); `writeAll` goes on with the rest until the kernel has all of it or says why not.
// Written is not yet on the disk: that is `synchronizeData`'s word. pwrite(2), write(2).

internal import Glibc

extension FileDescriptor {
  /// Writes at an offset, once; the C function is `pwrite`.
  ///
  /// - Returns: how many bytes were taken, possibly fewer than given.
  /// - Throws: `SystemError` with ENOSPC, EDQUOT, EIO, EROFS, EFBIG and others.
  /// - Source: pwrite(2).
  public func write(_ bytes: RawSpan, at offset: Int64) throws(SystemError) -> Int {
    // Safe: pointer and count come from one span, and the kernel keeps neither.
    try unsafe bytes.withUnsafeBytes { buffer throws(SystemError) in
      try check(.pwrite) {
        unsafe pwrite(rawValue, buffer.baseAddress, buffer.count, off_t(offset))
      }
    }
  }

  /// Writes where the descriptor stands, once; the C function is `write`.
  ///
  /// - Returns: how many bytes were taken, possibly fewer than given.
  /// - Throws: `SystemError` with ENOSPC, EDQUOT, EIO, EPIPE and others.
  /// - Source: write(2).
  public func write(_ bytes: RawSpan) throws(SystemError) -> Int {
    try writeOnce(bytes, to: rawValue)
  }

  /// Writes all bytes from an offset on.
  ///
  /// - Throws: `SystemError` as `write(_:at:)`; some first part of the bytes may then be written.
  public func writeAll(_ bytes: RawSpan, at offset: Int64) throws(SystemError) {
    var done = 0
    while done < bytes.byteCount {
      let rest = bytes.extracting(droppingFirst: done)
      done += try progress(.pwrite, write(rest, at: offset + Int64(done)))
    }
  }

  /// Writes all bytes from an offset on.
  ///
  /// - Throws: `SystemError` as `write(_:at:)`; some first part of the bytes may then be written.
  public func writeAll(_ bytes: Span<UInt8>, at offset: Int64) throws(SystemError) {
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    try writeAll(unsafe bytes.bytes, at: offset)
  }

  /// Writes all bytes where the descriptor stands.
  ///
  /// - Throws: `SystemError` as `write(_:)`; some first part of the bytes may then be written.
  public func writeAll(_ bytes: RawSpan) throws(SystemError) {
    try LinuxIO.writeAll(bytes, to: rawValue)
  }

  /// Writes all bytes where the descriptor stands.
  ///
  /// - Throws: `SystemError` as `write(_:)`; some first part of the bytes may then be written.
  public func writeAll(_ bytes: Span<UInt8>) throws(SystemError) {
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    try writeAll(unsafe bytes.bytes)
  }
}

/// Writes all bytes to the descriptor with a number, where it stands.
func writeAll(_ bytes: RawSpan, to number: CInt) throws(SystemError) {
  var done = 0
  while done < bytes.byteCount {
    let rest = bytes.extracting(droppingFirst: done)
    done += try progress(.write, writeOnce(rest, to: number))
  }
}

private func writeOnce(_ bytes: RawSpan, to number: CInt) throws(SystemError) -> Int {
  // Safe: pointer and count come from one span, and the kernel keeps neither.
  try unsafe bytes.withUnsafeBytes { buffer throws(SystemError) in
    try check(.write) { unsafe write(number, buffer.baseAddress, buffer.count) }
  }
}

/// The count of a write that must have taken something: a loop on zero would never end.
private func progress(_ call: SystemCall, _ count: Int) throws(SystemError) -> Int {
  if count == 0 { throw SystemError(call, .ioError) }
  return count
}
