// Where a Unix socket is: a path in the file system, or a name in Linux's abstract space,
// unix(7). The length is checked when the address is made, so that a long data directory is
// refused with its size and the limit, not with an "invalid argument" from bind.

internal import Glibc

/// The address of a Unix socket.
public struct UnixAddress: Equatable, Sendable {
  /// The most bytes a path may have: `sun_path` holds 108 with the zero byte at the end.
  public static let pathLimitBytes = 107

  /// The path, or `nil` for an abstract name.
  public let path: String?

  /// What stands in `sun_path`: the path and its zero byte, or a zero byte and the abstract name.
  private let field: [UInt8]

  /// Names a socket in the file system.
  ///
  /// - Throws: `UnixAddressError` when the path is empty, too long or holds a zero byte.
  public init(path: String) throws(UnixAddressError) {
    try Self.validate(path)
    self.path = path
    field = Array(path.utf8) + [0]
  }

  /// Names a socket in the abstract space, which has no file and no permissions.
  ///
  /// - Throws: `UnixAddressError` when the name is empty, too long or holds a zero byte.
  public init(abstractName name: String) throws(UnixAddressError) {
    try Self.validate(name)
    path = nil
    field = [0] + Array(name.utf8)
  }

  /// Takes an address as systemd writes it into `NOTIFY_SOCKET`: a leading `@` is an abstract name.
  ///
  /// - Throws: `UnixAddressError` as the other two.
  /// - Source: sd_notify(3).
  public init(systemd text: String) throws(UnixAddressError) {
    if text.hasPrefix("@") {
      try self.init(abstractName: String(text.dropFirst()))
    } else {
      try self.init(path: text)
    }
  }

  private static func validate(_ name: String) throws(UnixAddressError) {
    let sizeBytes = name.utf8.count
    if sizeBytes == 0 { throw .empty }
    if sizeBytes > pathLimitBytes { throw .tooLong(sizeBytes: sizeBytes) }
    if name.utf8.contains(0) { throw .containsZeroByte }
  }

  /// Lends the address in the form that bind(2) and connect(2) take.
  func withSocketAddress(
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> CInt
  ) throws(SystemError) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // Safe: (1) `validate` keeps the field within the 108 bytes of `sun_path`; (2) a `sockaddr_un`
    // is read through a `sockaddr` pointer by every call that takes one; (3) the size ends it where
    // the field ends, after the family's two bytes.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: field) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + field.count)
    return try unsafe withUnsafePointer(to: address) { pointer throws(SystemError) in
      try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        general throws(SystemError) in try unsafe body(general, size)
      }
    }
  }
}

/// Why a text is no address of a Unix socket.
public enum UnixAddressError: Error, Equatable, Sendable {
  /// There is no text.
  case empty
  /// The text is longer than `UnixAddress.pathLimitBytes`.
  case tooLong(sizeBytes: Int)
  /// The text holds a zero byte, at which the kernel would cut it.
  case containsZeroByte
}

extension UnixAddressError: CustomStringConvertible {
  /// What is wrong, and the limit.
  public var description: String {
    switch self {
    case .empty: "socket path: empty"
    case .tooLong(let sizeBytes):
      "socket path: \(sizeBytes) bytes long, the limit is \(UnixAddress.pathLimitBytes)"
    case .containsZeroByte: "socket path: contains a zero byte"
    }
  }
}
