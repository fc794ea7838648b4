#include "include/instruction_set.h"

#include <stdatomic.h>

/// The set in use, or -1 before the first question.
static atomic_int current_set = -1;

int unfold_instruction_set_available(unfold_instruction_set set) {
  switch (set) {
    case UNFOLD_PLAIN: return 1;
#if defined(__aarch64__)
    case UNFOLD_NEON: return 1;
#elif defined(__x86_64__)
    // The compiler's own detection: the processor's flags, and that the operating system saves the wide registers.
    case UNFOLD_AVX2: __builtin_cpu_init(); return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case UNFOLD_AVX512:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("fma");
#endif
    default: return 0;
  }
}

unfold_instruction_set unfold_instruction_set_current(void) {
  int set = atomic_load_explicit(&current_set, memory_order_relaxed);
  if (set >= 0) return (unfold_instruction_set)set;

  int best = UNFOLD_AVX512;
  while (!unfold_instruction_set_available((unfold_instruction_set)best)) best--;
  // Keeps what another thread selected meanwhile.
  int expected = -1;
  if (!atomic_compare_exchange_strong(&current_set, &expected, best)) best = expected;
  return (unfold_instruction_set)best;
}

int unfold_instruction_set_select(unfold_instruction_set set) {
  if (!unfold_instruction_set_available(set)) return 0;
  atomic_store(&current_set, (int)set);
  return 1;
}
