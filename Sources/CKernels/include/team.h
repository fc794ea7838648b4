#ifndef CKERNELS_TEAM_H
#define CKERNELS_TEAM_H

/// The most threads a kernel may use, the caller among them. At start: the environment's UNFOLD_THREADS, else the
/// number of processors this process may run on.
int unfold_team_size(void);

/// Sets the team's size (at least 1). Threads start when first needed and persist.
void unfold_team_resize(int size);

/// Runs `body(context, member, members)` once for each member of the team, member 0 on the calling thread, and
/// returns when all are done. `members` is at most `limit` and the team's size. A call made from inside a body, or
/// while another thread uses the team, runs as a team of one: it never waits and never deadlocks.
void unfold_team_run(int limit, void (*body)(void *context, int member, int members), void *context);

/// Waits, inside a body, until all `members` of its call have come here; each must come equally often. Spins briefly,
/// then sleeps, so that a busy machine is not kept busier.
void unfold_team_barrier(int members);

#endif
