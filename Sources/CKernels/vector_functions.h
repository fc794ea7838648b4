// The element-wise functions as expressions, of a vector or of a scalar: EACH_…(CASE) is CASE(function, expression) for
// each of them. What computes with these has the same bits.
#ifndef UNFOLD_VECTOR_FUNCTIONS_H
#define UNFOLD_VECTOR_FUNCTIONS_H

/// Of a vector x; needs vector_math.h.
#define EACH_UNARY(CASE)                                     \
  CASE(UNFOLD_NEGATE, -x)                                    \
  CASE(UNFOLD_ABSOLUTE, SIMD(absolute)(x))                   \
  CASE(UNFOLD_SIGN, SIMD(sign)(x))                           \
  CASE(UNFOLD_SQUARE, x * x)                                 \
  CASE(UNFOLD_SQUARE_ROOT, __builtin_elementwise_sqrt(x))    \
  CASE(UNFOLD_RECIPROCAL, 1 / x)                             \
  CASE(UNFOLD_EXP, SIMD(exp)(x))                             \
  CASE(UNFOLD_LOG, SIMD(log)(x))                             \
  CASE(UNFOLD_TANH, SIMD(tanh)(x))                           \
  CASE(UNFOLD_SIGMOID, SIMD(sigmoid)(x))                     \
  CASE(UNFOLD_SOFTPLUS, SIMD(softplus)(x))                   \
  CASE(UNFOLD_ERF, SIMD(erf)(x))                             \
  CASE(UNFOLD_RELU, x < 0 ? (VECTOR)(REAL)0 : x)             \
  CASE(UNFOLD_EXPM1, SIMD(expm1)(x))

/// Of x and y, all but UNFOLD_POWER; `one` and `zero` are of their type.
#define EACH_ARITHMETIC_BINARY(CASE)                         \
  CASE(UNFOLD_ADD, x + y)                                    \
  CASE(UNFOLD_SUBTRACT, x - y)                               \
  CASE(UNFOLD_MULTIPLY, x * y)                               \
  CASE(UNFOLD_DIVIDE, x / y)                                 \
  CASE(UNFOLD_MAXIMUM, ((x > y) | (x != x)) ? x : y)         \
  CASE(UNFOLD_MINIMUM, ((x < y) | (x != x)) ? x : y)         \
  CASE(UNFOLD_EQUAL, x == y ? one : zero)                    \
  CASE(UNFOLD_LESS, x < y ? one : zero)                      \
  CASE(UNFOLD_LESS_EQUAL, x <= y ? one : zero)

#endif
