// The bodies of CLinux.h: one C call each, and no policy. Flags that every caller wants
// (close-on-exec, nonblocking) are set in the call that makes the descriptor, so that no other
// thread's exec comes between.
//
// Only this file asks glibc for its GNU declarations; CLinux.h says why. A failure is told as the
// call's manual page says, and is read on the Swift side.

#define _GNU_SOURCE

#include "CLinux.h"

#include <linux/ioctl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8, "files larger than 2 GiB need a 64-bit off_t");

int cl_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cl_epoll_ctl(int epoll, int operation, int fd, uint32_t events, uint64_t word) {
  struct epoll_event event = {.events = events, .data = {.u64 = word}};
  return epoll_ctl(epoll, operation, fd, &event);
}

int cl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cl_signalfd(const sigset_t *signals) {
  return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cl_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int cl_peer_credentials(int socket, pid_t *process, uid_t *user, gid_t *group) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -1;
  *process = credentials.pid;
  *user = credentials.uid;
  *group = credentials.gid;
  return 0;
}

int cl_fallocate(int fd, off_t offset, off_t size) { return fallocate(fd, 0, offset, size); }

ssize_t cl_getrandom(void *buffer, size_t count) { return getrandom(buffer, count, 0); }

int cl_set_dumpable(int is_dumpable) {
  return prctl(PR_SET_DUMPABLE, (unsigned long)is_dumpable, 0ul, 0ul, 0ul);
}

int cl_get_open_file_limit(struct rlimit *limit) { return getrlimit(RLIMIT_NOFILE, limit); }

int cl_set_open_file_limit(const struct rlimit *limit) { return setrlimit(RLIMIT_NOFILE, limit); }

int cl_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0u); }

char **cl_environment(void) { return environ; }

int cl_set_thread_name(const char *name) { return pthread_setname_np(pthread_self(), name); }

int cl_yield_to_others(int nice) {
  struct sched_param none = {0};
  // In Linux both concern one thread, here the calling one.
  int batch = sched_setscheduler(0, SCHED_BATCH, &none);
  return setpriority(PRIO_PROCESS, 0, nice) == 0 ? batch : -1;
}

// EXT4_IOC_SHUTDOWN of the kernel's fs/ext4/ext4.h, which no header of the C library has.
#define CL_EXT4_SHUTDOWN _IOR('X', 125, uint32_t)
#define CL_EXT4_SHUTDOWN_WITHOUT_FLUSH 2u

int cl_cut_power(int fd) {
  uint32_t flags = CL_EXT4_SHUTDOWN_WITHOUT_FLUSH;
  return ioctl(fd, CL_EXT4_SHUTDOWN, &flags);
}

int cl_leave_mounts(void) {
  if (unshare(CLONE_NEWNS) != 0) return -1;
  return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

const char *cl_errno_name(int code) { return strerrorname_np(code); }

const char *cl_errno_text(int code) { return strerrordesc_np(code); }
