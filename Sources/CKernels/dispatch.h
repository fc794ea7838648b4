#ifndef UNFOLD_DISPATCH_H
#define UNFOLD_DISPATCH_H

#include "instruction_set.h"

#include <stdint.h>

// DISPATCH(function, plain, arguments…) calls function_f32_avx512 or whichever is chosen, and plain(arguments…) where no
// vector set is.
#define DISPATCH_NAMES(name, set) name##_##set
#define DISPATCH_NAME(name, set) DISPATCH_NAMES(name, set)

#if defined(__x86_64__)
#define DISPATCH(function, plain, ...)                   \
  switch (unfold_instruction_set_current()) {            \
  case UNFOLD_AVX512:                                    \
    DISPATCH_NAME(NAME(function), avx512)(__VA_ARGS__);  \
    break;                                               \
  case UNFOLD_AVX2:                                      \
    DISPATCH_NAME(NAME(function), avx2)(__VA_ARGS__);    \
    break;                                               \
  default:                                               \
    plain(__VA_ARGS__);                                  \
  }
#elif defined(__aarch64__)
#define DISPATCH(function, plain, ...)                   \
  switch (unfold_instruction_set_current()) {            \
  case UNFOLD_NEON:                                      \
    DISPATCH_NAME(NAME(function), neon)(__VA_ARGS__);    \
    break;                                               \
  default:                                               \
    plain(__VA_ARGS__);                                  \
  }
#else
#define DISPATCH(function, plain, ...) plain(__VA_ARGS__);
#endif

/// The things `first` ..< `end` of `count` that fall to one member of a team, in whole groups of `group`.
typedef struct share {
  int64_t first, end;
} share;

static inline share share_of(int64_t count, int64_t group, int member, int members) {
  int64_t groups = (count + group - 1) / group;
  share s = {groups * member / members * group, groups * (member + 1) / members * group};
  if (s.end > count) s.end = count;
  if (s.first > count) s.first = count;
  return s;
}

/// How many members `count` elements are worth, when each should have at least `least`.
static inline int members_for(int64_t count, int64_t least) {
  int64_t members = count / least;
  return members < 1 ? 1 : members > 1024 ? 1024 : (int)members;
}

#endif
