#include "update.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "scratch.h"
#include "team.h"

// The same bits on every instruction set: no product is fused with a sum.
#pragma STDC FP_CONTRACT OFF

/// Elements a thread should have to be worth waking.
enum { ELEMENTS_PER_THREAD = 1 << 15 };
/// Zeros that stand for the gradient of rows without one, at a time.
enum { ZEROS = 1 << 12 };

/// The threads worth using for `count` elements.
static int threads_for(int64_t count) {
  int64_t threads = count / ELEMENTS_PER_THREAD;
  return threads < 1 ? 1 : threads > 1024 ? 1024 : (int)threads;
}

/// The elements [begin, end) of one member of a team.
typedef struct part {
  int64_t begin, end;
} part;

static part part_of(int64_t count, int member, int members) {
  return (part){count * member / members, count * (member + 1) / members};
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/// sqrt() sets errno, which would keep the compiler from taking several roots at once.
#define SQUARE_ROOT(x) __builtin_elementwise_sqrt(x)

#define TEMPLATE "update_template.h"
#include "each_width.h"
