// Vectors of one instruction set and width; included by the templates that compute with them. (No include guard.)

#include "coefficients.h"

// The format's constants.
#if WIDTH == 32
#define INTEGER_MAX INT32_MAX
#define FRACTION_BITS 23
#define EXPONENT_BIAS 127
#define ROUNDER 0x1.8p23f            // x + ROUNDER rounds x to an integer, held in the low bits
#define LOG2_E 0x1.715476p0f
#define LN2_HIGH 0x1.62e43p-1f       // ln 2 = high + low
#define LN2_LOW (-0x1.05c61p-29f)
#define LN2_SHORT_HIGH 0x1.62e4p-1f  // the same, with a high part short enough for an exact product with an exponent
#define LN2_SHORT_LOW 0x1.7f7d1cp-20f
#define SQRT_HALF 0x1.6a09e6p-1f
#define LEAST_NORMAL 0x1p-126f
#define EXP_LEAST (-104.0f)          // below, eˣ rounds to 0
#define EXP_GREATEST 89.0f           // above, eˣ overflows
#define EXPM1_LEAST 0x1p-26f         // below in size, eˣ − 1 rounds to x
#define TANH_GREATEST 10.0f          // above, tanh x rounds to 1
#else
#define INTEGER_MAX INT64_MAX
#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023
#define ROUNDER 0x1.8p52
#define LOG2_E 0x1.71547652b82fep0
#define LN2_HIGH 0x1.62e42fefa39efp-1
#define LN2_LOW 0x1.abc9e3b39803fp-56
#define LN2_SHORT_HIGH 0x1.62e42fefa2p-1
#define LN2_SHORT_LOW 0x1.9ef35793c7673p-41
#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define LEAST_NORMAL 0x1p-1022
#define EXP_LEAST (-746.0)
#define EXP_GREATEST 710.0
#define EXPM1_LEAST 0x1p-55
#define TANH_GREATEST 22.0
#endif

typedef REAL SIMD(vector) __attribute__((ext_vector_type(VECTOR_BYTES * 8 / WIDTH)));
/// A comparison's result: −1 where it holds, 0 elsewhere; `mask ? a : b` selects. Also a vector's bits.
#if WIDTH == 32
typedef int32_t SIMD(integer) __attribute__((ext_vector_type(VECTOR_BYTES / 4)));
#else
typedef long SIMD(integer) __attribute__((ext_vector_type(VECTOR_BYTES / 8)));  // what clang compares doubles into
#endif

INLINE VECTOR SIMD(load)(const REAL *p) {
  VECTOR x;
  __builtin_memcpy(&x, p, VECTOR_BYTES);
  return x;
}

INLINE void SIMD(store)(REAL *p, VECTOR x) { __builtin_memcpy(p, &x, VECTOR_BYTES); }

INLINE VECTOR SIMD(real_of_bits)(INTEGER bits) {
  VECTOR x;
  __builtin_memcpy(&x, &bits, VECTOR_BYTES);
  return x;
}

INLINE INTEGER SIMD(bits_of)(VECTOR x) {
  INTEGER bits;
  __builtin_memcpy(&bits, &x, VECTOR_BYTES);
  return bits;
}

/// a · b + c, rounded once.
INLINE VECTOR SIMD(fused)(VECTOR a, VECTOR b, VECTOR c) { return __builtin_elementwise_fma(a, b, c); }

INLINE VECTOR SIMD(absolute)(VECTOR x) { return SIMD(real_of_bits)(SIMD(bits_of)(x) & INTEGER_MAX); }

/// |x| with the sign of `sign`; `x` must not have its sign bit set.
INLINE VECTOR SIMD(with_sign)(VECTOR x, VECTOR sign) {
  return SIMD(real_of_bits)(SIMD(bits_of)(x) | (SIMD(bits_of)(sign) & ~INTEGER_MAX));
}

/// Σ coefficients[i] xⁱ for i < count, by Horner's rule.
INLINE VECTOR SIMD(polynomial)(VECTOR x, const REAL *coefficients, int count) {
  VECTOR sum = coefficients[count - 1];
#pragma clang loop unroll(full)
  for (int i = count - 2; i >= 0; i--) sum = SIMD(fused)(sum, x, (VECTOR)coefficients[i]);
  return sum;
}
#define POLYNOMIAL(x, name) \
  SIMD(polynomial)((x), NAME(unfold_##name), (int)(sizeof NAME(unfold_##name) / sizeof(REAL)))
