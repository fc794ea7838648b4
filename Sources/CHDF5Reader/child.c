#ifdef UNFOLD_HDF5

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hdf5_reader.h"
#include "walk.h"

// Lowers a limit, both what holds and what could be asked for.
static void limit(int resource, rlim_t value) {
  struct rlimit limits;
  if (getrlimit(resource, &limits) != 0) return;
  if (limits.rlim_max == RLIM_INFINITY || value < limits.rlim_max) limits.rlim_max = value;
  limits.rlim_cur = limits.rlim_max;
  setrlimit(resource, &limits);
}

#ifdef __linux__
// Bytes of addresses that this process has; 0 if the system does not tell.
static uint64_t addresses(void) {
  char text[64];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return 0;
  text[count] = 0;
  return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}
#endif

// Closes what the parent has open, but the standard three and `kept`: pipes of other readers, which would not end while this
// child has their ends, sockets, locks.
static void close_others(int kept) {
  struct rlimit limits;
  int most = 1 << 16;
  if (getrlimit(RLIMIT_NOFILE, &limits) == 0 && limits.rlim_cur < (rlim_t)most) most = (int)limits.rlim_cur;
  for (int file = 3; file < most; file++) {
    if (file != kept) close(file);
  }
}

// What the child does before it reads. Other threads of the parent are not there any more, and may have held any lock but
// those of malloc, which the system's fork takes care of; so everything here is C, and no lock of ours.
static void prepare(struct unfold_hdf5_limits limits) {
  // A crash is to end the child, and nothing of the parent's is to be told of it.
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int nowhere = open("/dev/null", O_RDWR);
  if (nowhere >= 0) {
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
  }
#ifdef __linux__
  uint64_t now = addresses();
  if (now > 0) limit(RLIMIT_AS, (rlim_t)(now + limits.memory));
#endif
  // The second limit is one second later, so that the signal tells which limit it was.
  struct rlimit seconds = {(rlim_t)limits.seconds, (rlim_t)limits.seconds + 1};
  setrlimit(RLIMIT_CPU, &seconds);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 0);
}

int unfold_hdf5_start(
  const void *bytes, size_t count, struct unfold_hdf5_limits limits, struct unfold_hdf5_child *child
) {
  int ends[2];
#ifdef __linux__
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
#else
  if (pipe(ends) != 0) return errno;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
  // No handler of the parent's runs in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t process = fork();
  int reason = errno;
  if (process != 0) pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (process < 0) {
    close(ends[0]);
    close(ends[1]);
    return reason;
  }
  if (process == 0) {
    close(ends[0]);
    // Where the parent has closed its standard output, the pipe could be in its place.
    int records = fcntl(ends[1], F_DUPFD, 3);
    if (records < 0) _exit(1);
    close_others(records);
    prepare(limits);
    unfold_hdf5_walk(bytes, count, records);
    _exit(0);
  }
  close(ends[1]);
  *child = (struct unfold_hdf5_child){process, ends[0]};
  return 0;
}

ptrdiff_t unfold_hdf5_next(
  const struct unfold_hdf5_child *child, void *bytes, size_t count, int seconds
) {
  struct pollfd waiting = {child->records, POLLIN, 0};
  for (int waited = 0;;) {
    // Second by second: time in which both processes are stopped counts as one.
    int ready = poll(&waiting, 1, 1000);
    if (ready == 0) {
      if (++waited >= seconds) return -1;
      continue;
    }
    if (ready < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return 0;
    }
    ssize_t got = read(child->records, bytes, count);
    if (got >= 0) return got;
    if (errno != EINTR && errno != EAGAIN) return 0;
  }
}

int unfold_hdf5_stop(struct unfold_hdf5_child *child) {
  close(child->records);
  int status = 0;
  pid_t ended = waitpid(child->process, &status, WNOHANG);
  // Where another part of the program has waited for it, its number may be another's: only one that still runs is ended.
  if (ended == 0) {
    kill(child->process, SIGKILL);
    do { ended = waitpid(child->process, &status, 0); } while (ended < 0 && errno == EINTR);
  }
  return ended == child->process && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

#endif
