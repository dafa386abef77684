// The one reader of errno. Every call of this module goes through `check` or `checkUnlessBlocked`,
// which tell apart the four things a failed call can mean: try again (EINTR), nothing to do now
// (EAGAIN, a value), our own bug (EBADF, EFAULT: trap), and a failure of the outside (throw).

internal import Glibc

/// Makes a call of the C library that gives -1 on failure, and gives its result.
///
/// EINTR is retried here and nowhere else. That is right for each call that passes through: they
/// either did nothing when a signal came first, or report the part they did as a count. close(2),
/// which has done its work even then, and epoll_wait(2), whose caller wants to look at the time
/// again, do not pass through this retry.
///
/// - Throws: the reason of the failure; EBADF and EFAULT trap instead.
@inline(__always)
@discardableResult
func check<Result: SignedInteger>(
  _ call: SystemCall, _ body: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let code = lastErrno(of: call)
    if code != .interrupted { throw SystemError(call, code) }
  }
}

/// The same, with `nil` for a call that would have had to wait.
@inline(__always)
func checkUnlessBlocked<Result: SignedInteger>(
  _ call: SystemCall, _ body: () -> Result
) throws(SystemError) -> Result? {
  do throws(SystemError) {
    return try check(call, body)
  } catch {
    if error.code == .wouldBlock { return nil }
    throw error
  }
}

/// Reads `errno` after a failed call, before anything else can change it.
///
/// EBADF and EFAULT say that this program holds its descriptors or memory wrongly. The descriptor
/// may belong to another file by then, so going on could write to it: it stops instead.
func lastErrno(of call: SystemCall) -> Errno {
  let code = Errno(rawValue: errno)
  precondition(code != .badFileDescriptor, "a descriptor was used that is not open")
  precondition(code != .badAddress, "memory was passed that is not mapped")
  return code
}
