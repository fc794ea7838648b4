// Includes TEMPLATE for each vector instruction set of this architecture, in each width. (No include guard: meant to be
// included many times.) What each_width.h defines is there, and:
//
//   SET           avx512, …
//   VECTOR_BYTES  a register's size
//   SIMD(f)       f_f32_avx512, …: the name of a function or type of this set and width
//   VECTOR, INTEGER, LANES, INLINE: see vector.h

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define JOIN_NAMES(name, set) name##_##set
#define JOIN(name, set) JOIN_NAMES(name, set)
#define SIMD(base) JOIN(NAME(base), SET)
#define VECTOR SIMD(vector)
#define INTEGER SIMD(integer)
#define LANES ((int64_t)(VECTOR_BYTES / sizeof(REAL)))
#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)

#define SET avx2
#define VECTOR_BYTES 32
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "each_width.h"
#pragma clang attribute pop
#undef SET
#undef VECTOR_BYTES

#define SET avx512
#define VECTOR_BYTES 64
#define VECTOR_SCALES_BY_POWERS 1
#pragma clang attribute push(__attribute__((target("fma,avx512f,avx512vl,avx512bw,avx512dq"))), apply_to = function)
#include "each_width.h"
#pragma clang attribute pop
#undef SET
#undef VECTOR_BYTES
#undef VECTOR_SCALES_BY_POWERS

#elif defined(__aarch64__)

#define SET neon
#define VECTOR_BYTES 16
#include "each_width.h"
#undef SET
#undef VECTOR_BYTES

#endif

#undef JOIN_NAMES
#undef JOIN
#undef SIMD
#undef VECTOR
#undef INTEGER
#undef LANES
#undef INLINE
