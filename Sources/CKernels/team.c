#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "include/team.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#endif

enum {
  maximum_members = 256,
  cache_line = 128,
};

/// How long a member with nothing to do spins before it sleeps: longer than what a program does by itself between two
/// unfoldings, such as to trace a step and to set up its walk, for to be woken takes tens of microseconds; far shorter than a
/// time slice.
static const int64_t idle_nanoseconds = 200000;
/// How long one spins that waits for another at work: longer than the pause between the steps of a recurrent net. Where
/// another program has that one's processor, it should not be waited for at the cost of this one.
static const int64_t spin_nanoseconds = 50000;

/// One thread that sleeps on `wake` when idle. It has work when `ticket` differs from the last one that it served.
typedef struct member_slot {
  alignas(cache_line) atomic_uint_fast64_t ticket;
  atomic_bool parked;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  int number;
} member_slot;

/// The team. Fields without `atomic` belong to the thread that holds `busy`; members read `body`, `context` and
/// `members` between their ticket and their decrement of `pending`.
static struct {
  atomic_int size;  // 0 before the first question.
  atomic_bool busy;
  int started;  // Threads that exist, numbered 1 ... started.
  member_slot *slots[maximum_members];

  void (*body)(void *context, int member, int members);
  void *context;
  int members;

  alignas(cache_line) atomic_int arrived;  // Members at the barrier, ...
  alignas(cache_line) atomic_uint round;   // ... and how often all have met.
  atomic_int sleepers;
  pthread_mutex_t barrier_lock;
  pthread_cond_t met;

  alignas(cache_line) atomic_int pending;  // Members still at work, the caller not counted.
  atomic_bool caller_parked;
  pthread_mutex_t lock;
  pthread_cond_t done;
} team = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .done = PTHREAD_COND_INITIALIZER,
    .barrier_lock = PTHREAD_MUTEX_INITIALIZER,
    .met = PTHREAD_COND_INITIALIZER,
};

static inline void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Whether so much time to spin, counted from `*start` (0: from now), is over. Pauses.
static bool spun_enough(int64_t *start, int64_t nanoseconds) {
  for (int i = 0; i < 16; i++) pause_briefly();
  int64_t now = nanoseconds_now();
  if (*start == 0) *start = now;
  return now - *start > nanoseconds;
}

/// Waits for a ticket other than `served` and returns it.
static uint_fast64_t await_ticket(member_slot *slot, uint_fast64_t served) {
  int64_t start = 0;
  uint_fast64_t ticket;
  do {
    for (int i = 0; i < 64; i++) {
      ticket = atomic_load_explicit(&slot->ticket, memory_order_acquire);
      if (ticket != served) return ticket;
      pause_briefly();
    }
  } while (!spun_enough(&start, idle_nanoseconds));

  // The caller stores the ticket, then looks at `parked`; this stores `parked`, then looks at the ticket. Sequentially
  // consistent, so one of the two sees the other and no wake-up is lost.
  pthread_mutex_lock(&slot->lock);
  atomic_store(&slot->parked, true);
  while ((ticket = atomic_load(&slot->ticket)) == served) pthread_cond_wait(&slot->wake, &slot->lock);
  atomic_store(&slot->parked, false);
  pthread_mutex_unlock(&slot->lock);
  return ticket;
}

static void await_members(void) {
  int64_t start = 0;
  do {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(&team.pending, memory_order_acquire) == 0) return;
      pause_briefly();
    }
  } while (!spun_enough(&start, spin_nanoseconds));

  pthread_mutex_lock(&team.lock);
  atomic_store(&team.caller_parked, true);
  while (atomic_load(&team.pending) != 0) pthread_cond_wait(&team.done, &team.lock);
  atomic_store(&team.caller_parked, false);
  pthread_mutex_unlock(&team.lock);
}

static void *member_main(void *argument) {
  member_slot *slot = argument;
  uint_fast64_t served = 0;
  for (;;) {
    served = await_ticket(slot, served);
    team.body(team.context, slot->number, team.members);
    if (atomic_fetch_sub(&team.pending, 1) == 1 && atomic_load(&team.caller_parked)) {
      pthread_mutex_lock(&team.lock);
      pthread_cond_signal(&team.done);
      pthread_mutex_unlock(&team.lock);
    }
  }
  return NULL;
}

/// Starts member number `started + 1`; false when the system refuses a thread.
static bool start_member(void) {
  member_slot *slot = aligned_alloc(cache_line, sizeof *slot);
  if (slot == NULL) return false;
  atomic_init(&slot->ticket, 0);
  atomic_init(&slot->parked, false);
  pthread_mutex_init(&slot->lock, NULL);
  pthread_cond_init(&slot->wake, NULL);
  slot->number = team.started + 1;

  // Members take no signals: those belong to the program's own threads.
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pthread_t thread;
  int failure = pthread_create(&thread, NULL, member_main, slot);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  if (failure != 0) {
    pthread_cond_destroy(&slot->wake);
    pthread_mutex_destroy(&slot->lock);
    free(slot);
    return false;
  }
  pthread_detach(thread);
  team.slots[++team.started - 1] = slot;
  return true;
}

static int processor_count(void) {
#if defined(__linux__)
  for (int possible = 1024; possible <= 65536; possible *= 2) {
    cpu_set_t *set = CPU_ALLOC(possible);
    if (set == NULL) break;
    size_t bytes = CPU_ALLOC_SIZE(possible);
    int failure = sched_getaffinity(0, bytes, set) == 0 ? 0 : errno;
    int count = failure == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
    if (failure != EINVAL) break;  // EINVAL: the machine has more processors than the set has room for.
  }
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 && online < INT_MAX ? (int)online : 1;
}

static int clamp_size(long size) {
  return size < 1 ? 1 : size > maximum_members ? maximum_members : (int)size;
}

/// UNFOLD_THREADS when it is a whole number of at least 1, else the number of processors.
static int initial_size(void) {
  const char *text = getenv("UNFOLD_THREADS");
  if (text != NULL && *text != '\0') {
    char *end = NULL;
    long size = strtol(text, &end, 10);
    if (*end == '\0' && size >= 1) return clamp_size(size);
  }
  return clamp_size(processor_count());
}

int unfold_team_size(void) {
  int size = atomic_load_explicit(&team.size, memory_order_relaxed);
  if (size > 0) return size;
  int initial = initial_size();
  return atomic_compare_exchange_strong(&team.size, &size, initial) ? initial : size;
}

void unfold_team_resize(int size) {
  atomic_store(&team.size, clamp_size(size));
}

void unfold_team_run(int limit, void (*body)(void *context, int member, int members), void *context) {
  int members = unfold_team_size();
  if (limit < members) members = limit;
  if (members <= 1 || atomic_exchange_explicit(&team.busy, true, memory_order_acquire)) {
    body(context, 0, 1);
    return;
  }

  while (team.started < members - 1 && start_member()) {
  }
  if (members > team.started + 1) members = team.started + 1;

  team.body = body;
  team.context = context;
  team.members = members;
  atomic_store(&team.pending, members - 1);
  for (int i = 0; i < members - 1; i++) {
    member_slot *slot = team.slots[i];
    atomic_fetch_add(&slot->ticket, 1);
    if (atomic_load(&slot->parked)) {
      pthread_mutex_lock(&slot->lock);
      pthread_cond_signal(&slot->wake);
      pthread_mutex_unlock(&slot->lock);
    }
  }
  body(context, 0, members);
  await_members();
  atomic_store_explicit(&team.busy, false, memory_order_release);
}

void unfold_team_barrier(int members) {
  if (members <= 1) return;
  unsigned round = atomic_load_explicit(&team.round, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&team.arrived, 1, memory_order_acq_rel) == members - 1) {
    atomic_store_explicit(&team.arrived, 0, memory_order_relaxed);
    // Sequentially consistent, as the sleeper's store and load are: one of the two sees the other.
    atomic_store(&team.round, round + 1);
    if (atomic_load(&team.sleepers) > 0) {
      pthread_mutex_lock(&team.barrier_lock);
      pthread_cond_broadcast(&team.met);
      pthread_mutex_unlock(&team.barrier_lock);
    }
    return;
  }

  int64_t start = 0;
  do {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(&team.round, memory_order_acquire) != round) return;
      pause_briefly();
    }
  } while (!spun_enough(&start, spin_nanoseconds));

  pthread_mutex_lock(&team.barrier_lock);
  atomic_fetch_add(&team.sleepers, 1);
  while (atomic_load(&team.round) == round) pthread_cond_wait(&team.met, &team.barrier_lock);
  atomic_fetch_sub(&team.sleepers, 1);
  pthread_mutex_unlock(&team.barrier_lock);
}
