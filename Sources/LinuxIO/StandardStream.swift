// The three descriptors that every program is born with. They are not owned: they outlive every
// value, and closing one would give its number to the next open. Nothing is buffered: what was
// written is with the kernel, also when the program ends at once.

internal import Glibc

/// Standard input, output or error.
public enum StandardStream: CInt, Sendable {
  /// Where bytes come from.
  case input = 0
  /// Where results go.
  case output = 1
  /// Where messages for people go.
  case error = 2

  /// Opens `/dev/null` in place of each of the three that is closed.
  ///
  /// A program may be started without them. The next file it opens would then take the number, and
  /// messages for people would be written into that file. Call it first in `main`.
  ///
  /// - Throws: `SystemError` of open(2).
  public static func fillGaps() throws(SystemError) {
    while true {
      let descriptor = try FileDescriptor.open("/dev/null", .readWrite)
      if descriptor.rawValue > error.rawValue { return }
      _ = descriptor.release()
    }
  }

  /// Whether it is a terminal.
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Writes all bytes, waiting as often as needed.
  ///
  /// - Throws: `SystemError` with EPIPE, ENOSPC, EIO and others.
  public func writeAll(_ bytes: Span<UInt8>) throws(SystemError) {
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    try LinuxIO.writeAll(unsafe bytes.bytes, to: rawValue)
  }

  /// Reads bytes, once, and waits for at least one.
  ///
  /// - Returns: how many bytes were read; 0 at the end.
  /// - Throws: `SystemError` with EIO and others.
  public func read(into buffer: inout MutableRawSpan) throws(SystemError) -> Int {
    // Safe: pointer and count come from one span, and the kernel keeps neither.
    try unsafe buffer.withUnsafeMutableBytes { bytes throws(SystemError) in
      try check(.read) { unsafe Glibc.read(rawValue, bytes.baseAddress, bytes.count) }
    }
  }
}
