#include "limit.h"

// Chains are written out as CHAINS vectors of WIDTH floats. x = x · a + b stays near b / (1 − a), so no value grows or
// becomes subnormal, which some processors are slower with.
#define MULTIPLY_ADD(NAME, ATTRIBUTES, WIDTH, CHAINS)                                                              \
  ATTRIBUTES static double NAME(int64_t rounds, float *sink) {                                                     \
    typedef float vector __attribute__((vector_size(4 * WIDTH)));                                                  \
    vector chains[CHAINS];                                                                                         \
    const vector factor = (vector){0} + 0.5f, term = (vector){0} + 0.25f;                                          \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) chains[i] = (vector){0} + (float)i / CHAINS; \
    for (int64_t round = 0; round < rounds; round++) {                                                             \
      _Pragma("clang fp contract(fast)")                                                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {                                        \
        chains[i] = chains[i] * factor + term;                                                                     \
        __asm__ volatile("" : REGISTER(chains[i]));                                                                \
      }                                                                                                            \
    }                                                                                                              \
    float sum = 0;                                                                                                 \
    for (int i = 0; i < CHAINS; i++)                                                                               \
      for (int lane = 0; lane < WIDTH; lane++) sum += chains[i][lane];                                             \
    *sink = sum;                                                                                                   \
    return 2.0 * WIDTH * CHAINS * (double)rounds;                                                                  \
  }

#if defined(__x86_64__)
#define REGISTER(x) "+v"(x)
MULTIPLY_ADD(with_avx512, __attribute__((target("avx512f"))), 16, 16)
#undef REGISTER
#define REGISTER(x) "+x"(x)
MULTIPLY_ADD(with_avx2, __attribute__((target("avx2,fma"))), 8, 12)
MULTIPLY_ADD(with_sse, , 4, 12)

double limit_multiply_add_f32(int64_t rounds, float *sink) {
  if (__builtin_cpu_supports("avx512f")) return with_avx512(rounds, sink);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return with_avx2(rounds, sink);
  return with_sse(rounds, sink);
}
#elif defined(__aarch64__)
#define REGISTER(x) "+w"(x)
MULTIPLY_ADD(with_neon, , 4, 24)

double limit_multiply_add_f32(int64_t rounds, float *sink) { return with_neon(rounds, sink); }
#else
#define REGISTER(x) "+m"(x)
MULTIPLY_ADD(with_scalars, , 1, 8)

double limit_multiply_add_f32(int64_t rounds, float *sink) { return with_scalars(rounds, sink); }
#endif
