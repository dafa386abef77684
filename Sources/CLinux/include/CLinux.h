// What the Glibc module lacks: the Linux calls that no portable header shows.
//
// Each function is the C function of that name, with the prefix `cl_` and no policy of its own.
// The bodies that need `_GNU_SOURCE` are in CLinux.c: defined here, it would give `fd_set` and
// other structures a second shape beside the one in the Glibc module, which the compiler refuses.
// Constants are `static const`, because a macro that aliases an enumerator is invisible to Swift.

#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>

// epoll(7)

static const uint32_t cl_EPOLLIN = EPOLLIN;
static const uint32_t cl_EPOLLOUT = EPOLLOUT;
static const uint32_t cl_EPOLLRDHUP = EPOLLRDHUP;
static const uint32_t cl_EPOLLHUP = EPOLLHUP;
static const uint32_t cl_EPOLLERR = EPOLLERR;

static const int cl_EPOLL_CTL_ADD = EPOLL_CTL_ADD;
static const int cl_EPOLL_CTL_MOD = EPOLL_CTL_MOD;
static const int cl_EPOLL_CTL_DEL = EPOLL_CTL_DEL;

/// epoll_create1(2), close-on-exec.
int cl_epoll_create(void);

/// epoll_ctl(2); the kernel gives `word` back with each event of `fd`.
int cl_epoll_ctl(int epoll, int operation, int fd, uint32_t events, uint64_t word);

// eventfd(2), signalfd(2)

/// eventfd(2) from zero, close-on-exec and nonblocking.
int cl_eventfd(void);

/// signalfd(2), close-on-exec and nonblocking.
int cl_signalfd(const sigset_t *signals);

// Sockets: unix(7), accept4(2)

static const int cl_SOCK_STREAM = SOCK_STREAM;
static const int cl_SOCK_DGRAM = SOCK_DGRAM;
static const int cl_SOCK_NONBLOCK = SOCK_NONBLOCK;
static const int cl_SOCK_CLOEXEC = SOCK_CLOEXEC;
static const int cl_MSG_NOSIGNAL = MSG_NOSIGNAL;
static const int cl_SO_PEERGROUPS = SO_PEERGROUPS;

/// accept4(2), close-on-exec and nonblocking.
int cl_accept(int listener);

/// SO_PEERCRED of socket(7), taken apart: Swift does not see `struct ucred`.
int cl_peer_credentials(int socket, pid_t *process, uid_t *user, gid_t *group);

// Files and directories

static const int cl_O_CLOEXEC = O_CLOEXEC;
static const int cl_O_DIRECTORY = O_DIRECTORY;
static const int cl_O_NOFOLLOW = O_NOFOLLOW;

/// fallocate(2) with mode 0.
int cl_fallocate(int fd, off_t offset, off_t size);

/// ext4's SHUTDOWN ioctl without a flush of its journal: from here on the mounted file system of
/// `fd` has what was synced, as after a loss of power. For tests; root only.
int cl_cut_power(int fd);

/// unshare(2) with CLONE_NEWNS, and mount(2) with MS_PRIVATE on all mounts: what this thread and
/// its children mount is seen by them only, and goes with the last of them. Root only.
int cl_leave_mounts(void);

// Process and threads

/// getrandom(2) without flags.
ssize_t cl_getrandom(void *buffer, size_t count);

/// prctl(2) with PR_SET_DUMPABLE.
int cl_set_dumpable(int is_dumpable);

/// getrlimit(2) and setrlimit(2) with RLIMIT_NOFILE.
int cl_get_open_file_limit(struct rlimit *limit);
int cl_set_open_file_limit(const struct rlimit *limit);

/// pidfd_open(2), which is close-on-exec by itself: readable once the process has ended.
int cl_pidfd_open(pid_t process);

/// environ(7), which the Glibc module shows as a variable that no concurrency rule allows.
char **cl_environment(void);

/// pthread_setname_np(3) on the calling thread; the name must be shorter than 16 bytes.
int cl_set_thread_name(const char *name);

/// sched_setscheduler(2) with SCHED_BATCH, and setpriority(2) with `nice`, for the calling thread:
/// it waits behind others, and does not take the processor from one when it wakes up. 0, or -1.
int cl_yield_to_others(int nice);

// errno(3)

/// strerrorname_np(3) and strerrordesc_np(3): static text in no locale, or null.
const char *cl_errno_name(int code);
const char *cl_errno_text(int code);
