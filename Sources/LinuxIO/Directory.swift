// An open directory. Names are looked up from it with the `…at` calls, so that a directory that
// is renamed, or a path above it that changes, does not lead the ledger to other files. What was
// made, renamed or removed here survives a crash only after `synchronize`; open(2), fsync(2).

internal import CLinux
internal import Glibc

/// An open directory, closed when its owner is gone.
///
/// Names given to it are seen from the directory; an absolute path is taken as it is.
public struct Directory: ~Copyable, Sendable {
  /// The descriptor, for locks, permissions and free space.
  public let descriptor: FileDescriptor

  /// Opens an existing directory.
  ///
  /// - Throws: `SystemError` with ENOENT, ENOTDIR, EACCES and others.
  public static func open(_ path: String) throws(SystemError) -> Directory {
    try Directory(path, in: AT_FDCWD)
  }

  private init(_ path: String, in directory: CInt) throws(SystemError) {
    let flags = O_RDONLY | cl_O_DIRECTORY
    descriptor = try FileDescriptor.open(path, in: directory, flags: flags, .ownerOnly)
  }

  /// Opens a directory below this one.
  ///
  /// - Throws: `SystemError` as `open(_:)`.
  public func openDirectory(_ name: String) throws(SystemError) -> Directory {
    try Directory(name, in: descriptor.rawValue)
  }

  /// Opens a file below this directory; the C function is `openat`.
  ///
  /// - Throws: `SystemError` as `FileDescriptor.open`.
  public func openFile(
    _ name: String, _ access: FileAccess, _ options: OpenOptions = [],
    permissions: FilePermissions = .ownerOnly
  ) throws(SystemError) -> FileDescriptor {
    let flags = access.flags | options.rawValue
    return try FileDescriptor.open(name, in: descriptor.rawValue, flags: flags, permissions)
  }

  /// Waits until the names in this directory are on the disk: after files were made, renamed or
  /// removed.
  ///
  /// - Throws: `SystemError` with EIO and others; final, as for `FileDescriptor.synchronize`.
  public func synchronize() throws(SystemError) {
    try descriptor.synchronize()
  }
}

extension Directory {
  /// Makes a directory below this one; the C function is `mkdirat`.
  ///
  /// - Throws: `SystemError` with EEXIST, ENOENT, EACCES, ENOSPC and others.
  public func makeDirectory(
    _ name: String, permissions: FilePermissions = .ownerOnlyDirectory
  ) throws(SystemError) {
    try FileSystem.makeDirectory(name, in: descriptor.rawValue, permissions)
  }

  /// Renames a file within this directory, in one step, over any file of the new name.
  ///
  /// After a crash either name may be seen, unless `synchronize` returned.
  ///
  /// - Throws: `SystemError` with ENOENT, EISDIR, ENOSPC and others; nothing is renamed then.
  public func rename(_ source: String, to target: String) throws(SystemError) {
    try FileSystem.rename(source, to: target, in: descriptor.rawValue)
  }

  /// Removes a file, a socket or a symbolic link from this directory; C calls it `unlinkat`.
  ///
  /// - Throws: `SystemError` with ENOENT, EISDIR, EACCES and others.
  public func remove(_ name: String) throws(SystemError) {
    try FileSystem.remove(name, in: descriptor.rawValue, flags: 0)
  }

  /// What stands under a name, without following a symbolic link, or `nil` when nothing does.
  ///
  /// - Throws: `SystemError` with EACCES, ENOTDIR and others.
  public func status(of name: String) throws(SystemError) -> FileStatus? {
    try FileSystem.status(of: name, in: descriptor.rawValue)
  }

  /// The names in this directory, without `.` and `..`, in the order of their UTF-8 bytes.
  ///
  /// A name that is not UTF-8 appears with replacement characters: it is none of ours.
  ///
  /// - Throws: `SystemError` with EIO, EMFILE and others.
  /// - Complexity: O(*n* log *n*) in the number of names.
  public func names() throws(SystemError) -> [String] {
    let stream = try DirectoryStream(descriptor)
    var names: [String] = []
    while let name = try stream.next() {
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// A walk over a directory's names, from the beginning; the only owner of its C stream.
@safe private struct DirectoryStream: ~Copyable {
  private let stream: OpaquePointer

  /// Opens the directory anew, so that walks do not share one position.
  init(_ directory: borrowing FileDescriptor) throws(SystemError) {
    let flags = O_RDONLY | cl_O_DIRECTORY
    let own = try FileDescriptor.open(".", in: directory.rawValue, flags: flags, .ownerOnly)
    let number = own.rawValue
    guard let opened = unsafe try Self.retrying(.open, { unsafe fdopendir(number) })
    else { preconditionFailure("fdopendir fails with a reason") }
    _ = own.release()
    unsafe stream = opened
  }

  deinit {
    _ = unsafe closedir(stream)
  }

  /// The next name, or `nil` after the last one.
  func next() throws(SystemError) -> String? {
    guard let entry = unsafe try Self.retrying(.readdir, { unsafe readdir(stream) })
    else { return nil }
    // Safe: (1) the entry is valid until the next call on this stream, which nobody else has;
    // (2) its name ends in a zero byte.
    return unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
      unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Makes a call that gives null when it fails, and makes it again when a signal came first.
  ///
  /// readdir(3) tells the end from an error by errno alone, so it is zero before each call.
  ///
  /// - Returns: what the call gave; `nil` when it gave null without a reason.
  private static func retrying<Pointer>(
    _ call: SystemCall, _ body: () -> Pointer?
  ) throws(SystemError) -> Pointer? {
    while true {
      errno = 0
      if let pointer = body() { return pointer }
      if errno == 0 { return nil }
      let code = lastErrno(of: call)
      if code != .interrupted { throw SystemError(call, code) }
    }
  }
}
