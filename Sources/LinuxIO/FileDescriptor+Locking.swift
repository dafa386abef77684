// Whole-file locks with flock(2). The other two kinds were considered: a process-wide fcntl lock
// is lost when any descriptor of the file is closed, and an OFD lock needs a descriptor open for
// writing. flock belongs to the open file too, so the kernel gives it up when the process ends,
// and works on any descriptor, also a read-only one or a directory's. Local disks only.

internal import Glibc

extension FileDescriptor {
  /// Locks the file for this descriptor alone, without waiting.
  ///
  /// The lock is held until the descriptor is closed, also when the process dies.
  ///
  /// - Returns: whether the lock is held now; `false` when somebody else holds one.
  /// - Throws: `SystemError` of flock(2), such as ENOLCK.
  public func tryLockExclusively() throws(SystemError) -> Bool {
    try checkUnlessBlocked(.flock) { flock(rawValue, LOCK_EX | LOCK_NB) } != nil
  }

  /// Locks the file together with other shared locks, without waiting.
  ///
  /// - Returns: whether the lock is held now; `false` when somebody holds an exclusive one.
  /// - Throws: `SystemError` of flock(2), such as ENOLCK.
  public func tryLockShared() throws(SystemError) -> Bool {
    try checkUnlessBlocked(.flock) { flock(rawValue, LOCK_SH | LOCK_NB) } != nil
  }

  /// Gives up the lock of this descriptor, if it holds one.
  ///
  /// - Throws: `SystemError` of flock(2).
  public func unlock() throws(SystemError) {
    try check(.flock) { flock(rawValue, LOCK_UN) }
  }
}
