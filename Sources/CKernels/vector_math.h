// The vectorised functions; elementwise.h states their errors. Lanes do not mix: the bits of an element depend on it
// alone.

/// e^x = 2^k · (1 + r + rest), |r| ≤ ln 2 / 2.
typedef struct SIMD(exp_parts) {
  VECTOR power;     ///< k
  INTEGER exponent; ///< k too; nonsense when x is NaN, as r is NaN then
  VECTOR r, rest;
} SIMD(exp_parts);

INLINE VECTOR SIMD(clamp)(VECTOR x, REAL least, REAL greatest) {
  x = x < least ? (VECTOR)least : x;
  return x > greatest ? (VECTOR)greatest : x;
}

INLINE VECTOR SIMD(sign)(VECTOR x) {
  VECTOR one = 1;
  return x > 0 ? one : x < 0 ? -one : x == 0 ? (VECTOR)(REAL)0 : x;
}

/// Cody and Waite's reduction, and the terms of e^r past 1 + r with what rounding r has lost; `x` within [EXP_LEAST, EXP_GREATEST], or NaN.
INLINE SIMD(exp_parts) SIMD(exp_reduce)(VECTOR x) {
  SIMD(exp_parts) parts;
  VECTOR shifted = SIMD(fused)(x, (VECTOR)LOG2_E, (VECTOR)ROUNDER);
  parts.power = shifted - ROUNDER;
  parts.exponent = SIMD(bits_of)(shifted) - SIMD(bits_of)((VECTOR)ROUNDER);
  VECTOR high = SIMD(fused)(parts.power, (VECTOR)-LN2_HIGH, x);  // exact
  parts.r = SIMD(fused)(parts.power, (VECTOR)-LN2_LOW, high);
  VECTOR lost = SIMD(fused)(parts.power, (VECTOR)-LN2_LOW, high - parts.r);
  parts.rest = SIMD(fused)(parts.r * parts.r, POLYNOMIAL(parts.r, exp), lost);
  return parts;
}

/// 2^k for k within the normal exponents.
INLINE VECTOR SIMD(power_of_two)(INTEGER k) {
  return SIMD(real_of_bits)((k + EXPONENT_BIAS) << FRACTION_BITS);
}

/// x · 2^k, rounded once also where it is denormal; k may be up to twice the format's range.
INLINE VECTOR SIMD(scale)(VECTOR x, SIMD(exp_parts) parts) {
#if defined(VECTOR_SCALES_BY_POWERS) && WIDTH == 32
  return (VECTOR)_mm512_scalef_ps((__m512)x, (__m512)parts.power);
#elif defined(VECTOR_SCALES_BY_POWERS)
  return (VECTOR)_mm512_scalef_pd((__m512d)x, (__m512d)parts.power);
#else
  INTEGER half = parts.exponent >> 1;
  return x * SIMD(power_of_two)(half) * SIMD(power_of_two)(parts.exponent - half);
#endif
}

INLINE VECTOR SIMD(exp)(VECTOR x) {
  SIMD(exp_parts) parts = SIMD(exp_reduce)(SIMD(clamp)(x, EXP_LEAST, EXP_GREATEST));
  return SIMD(scale)(1 + (parts.r + parts.rest), parts);
}

INLINE VECTOR SIMD(expm1)(VECTOR x) {
  // Half of 2^k, because 2^k itself may overflow where the result does not.
  SIMD(exp_parts) parts = SIMD(exp_reduce)(SIMD(clamp)(x, -40, EXP_GREATEST));
  VECTOR half = SIMD(power_of_two)(parts.exponent - 1);
  VECTOR y = SIMD(fused)(parts.r, half, half - (REAL)0.5);
  y = 2 * SIMD(fused)(parts.rest, half, y);
  return SIMD(absolute)(x) < EXPM1_LEAST ? x : y;  // keeps −0 and the denormals, whose halves would be rounded
}

/// ln(1 + f) + k ln 2 for −0.293 ≤ f ≤ 0.5.
INLINE VECTOR SIMD(log_reduced)(VECTOR f, VECTOR k) {
  VECTOR square = f * f;
  VECTOR rest = square * SIMD(fused)(f, POLYNOMIAL(f, log), (VECTOR)(REAL)-0.5);
  VECTOR low = f + SIMD(fused)(k, (VECTOR)LN2_SHORT_LOW, rest);
  return SIMD(fused)(k, (VECTOR)LN2_SHORT_HIGH, low);
}

INLINE VECTOR SIMD(log)(VECTOR x) {
  // x = 2^k (1 + f) with √½ ≤ 1 + f < √2; denormals are made normal first.
  const REAL raise = (REAL)(1LL << FRACTION_BITS);
  INTEGER denormal = x < LEAST_NORMAL;
  INTEGER bits = SIMD(bits_of)(denormal ? x * raise : x) - SIMD(bits_of)((VECTOR)SQRT_HALF);
  INTEGER fraction = bits & (((INTEGER)1 << FRACTION_BITS) - 1);
  VECTOR f = SIMD(real_of_bits)(fraction + SIMD(bits_of)((VECTOR)SQRT_HALF)) - 1;
  INTEGER k = (bits >> FRACTION_BITS) - (denormal & FRACTION_BITS);
  VECTOR y = SIMD(log_reduced)(f, __builtin_convertvector(k, VECTOR));
  y = x < (REAL)INFINITY ? y : x;  // NaN stays too
  return x > 0 ? y : x == 0 ? (VECTOR)(REAL)-INFINITY : (VECTOR)(REAL)NAN;
}

INLINE VECTOR SIMD(tanh)(VECTOR x) {
  VECTOR a = SIMD(absolute)(x), square = a * a;
  VECTOR small = SIMD(fused)(a * square, POLYNOMIAL(square, tanh), a);
  VECTOR bounded = a > TANH_GREATEST ? (VECTOR)TANH_GREATEST : a;
  SIMD(exp_parts) parts = SIMD(exp_reduce)(2 * bounded);
  VECTOR power = SIMD(power_of_two)(parts.exponent);
  VECTOR e = SIMD(fused)(parts.r + parts.rest, power, power);
  VECTOR large = 1 - 2 / (e + 1);
  return SIMD(with_sign)(a > (REAL)0.625 ? large : small, x);
}

INLINE VECTOR SIMD(sigmoid)(VECTOR x) {
  VECTOR e = SIMD(exp)(-SIMD(absolute)(x));
  VECTOR sum = 1 + e, lost = e - (sum - 1);
  VECTOR y = (x < 0 ? e : (VECTOR)(REAL)1) / sum;
  return SIMD(fused)(-y, lost, y);  // nearly y · sum / (sum + lost)
}

INLINE VECTOR SIMD(softplus)(VECTOR x) {
  // max(x, 0) + ln(1 + e), e = exp(−|x|) ≤ 1; 1 + e = 2^k (1 + f) without rounding.
  VECTOR e = SIMD(exp)(-SIMD(absolute)(x));
  INTEGER halved = e >= (REAL)0.5;
  VECTOR f = halved ? (e - 1) * (REAL)0.5 : e;
  VECTOR y = SIMD(log_reduced)(f, halved ? (VECTOR)(REAL)1 : (VECTOR)(REAL)0);
  return x > 0 ? x + y : y;
}

#if WIDTH == 32
INLINE VECTOR SIMD(erf)(VECTOR x) {
  VECTOR a = SIMD(absolute)(x);
  VECTOR small = SIMD(fused)(a, SIMD(polynomial)(a * a, unfold_erf_small_f32, 7), a);
  VECTOR bounded = a > (REAL)3.95 ? (VECTOR)(REAL)3.95 : a;
  VECTOR w = SIMD(fused)(bounded, SIMD(polynomial)(bounded, unfold_erf_large_f32, 7), bounded);
  VECTOR large = 1 - SIMD(exp)(-w);
  return SIMD(with_sign)(a > (REAL)0.9375 ? large : small, x);
}
#else
INLINE VECTOR SIMD(erf)(VECTOR x) {
  for (int64_t i = 0; i < LANES; i++) x[i] = erf(x[i]);
  return x;
}
#endif
