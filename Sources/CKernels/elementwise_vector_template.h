// The element-wise passes of one instruction set and width.

#include "vector.h"
#include "vector_math.h"
#include "vector_functions.h"

/// A pass over whole vectors; `count` a multiple of LANES.
static void SIMD(unary_vectors)(unfold_unary function, int64_t count, const REAL *input, REAL *output) {
#define PASS(name, expression)                 \
  case name:                                   \
    for (int64_t i = 0; i < count; i += LANES) { \
      VECTOR x = SIMD(load)(input + i);        \
      SIMD(store)(output + i, expression);     \
    }                                          \
    return;
  switch (function) { EACH_UNARY(PASS) }
#undef PASS
}

/// The remainder goes through the same code as a whole vector, so that its bits are the same.
static void SIMD(unary)(unfold_unary function, int64_t count, const REAL *input, REAL *output) {
  int64_t whole = count / LANES * LANES, rest = count - whole;
  SIMD(unary_vectors)(function, whole, input, output);
  if (rest == 0) return;
  REAL buffer[VECTOR_BYTES * 8 / WIDTH] = {0};
  memcpy(buffer, input + whole, (size_t)rest * sizeof(REAL));
  SIMD(unary_vectors)(function, LANES, buffer, buffer);
  memcpy(output + whole, buffer, (size_t)rest * sizeof(REAL));
}

/// One row; a step of 0 repeats an operand's first element, a step of 1 walks along it. The remainder is computed one
/// by one: this arithmetic is exactly rounded, so its bits are the same. Not for UNFOLD_POWER.
static void SIMD(binary_row)(unfold_binary function, int64_t columns, const REAL *left, int64_t left_step,
                             const REAL *right, int64_t right_step, REAL *output) {
#define ROW(name, expression)                                              \
  case name:                                                               \
  {                                                                        \
    int64_t j = 0;                                                         \
    {                                                                      \
      VECTOR one = 1, zero = 0;                                            \
      (void)one, (void)zero;                                               \
      if (left_step && right_step)                                         \
        for (; j + LANES <= columns; j += LANES) {                         \
          VECTOR x = SIMD(load)(left + j), y = SIMD(load)(right + j);      \
          SIMD(store)(output + j, expression);                             \
        }                                                                  \
      else if (left_step)                                                  \
        for (VECTOR y = right[0]; j + LANES <= columns; j += LANES) {      \
          VECTOR x = SIMD(load)(left + j);                                 \
          SIMD(store)(output + j, expression);                             \
        }                                                                  \
      else if (right_step)                                                 \
        for (VECTOR x = left[0]; j + LANES <= columns; j += LANES) {       \
          VECTOR y = SIMD(load)(right + j);                                \
          SIMD(store)(output + j, expression);                             \
        }                                                                  \
    }                                                                      \
    REAL one = 1, zero = 0;                                                \
    (void)one, (void)zero;                                                 \
    for (; j < columns; j++) {                                             \
      REAL x = left[j * left_step], y = right[j * right_step];             \
      output[j] = expression;                                              \
    }                                                                      \
    return;                                                                \
  }
  switch (function) {
    EACH_ARITHMETIC_BINARY(ROW)
  case UNFOLD_POWER:
    return;
  }
#undef ROW
}

static void SIMD(binary)(unfold_binary function, int64_t rows, int64_t columns, const REAL *left,
                         unfold_operand_strides left_strides, const REAL *right,
                         unfold_operand_strides right_strides, REAL *output) {
  if (function == UNFOLD_POWER) {
    NAME(unfold_binary_plain)(function, rows, columns, left, left_strides, right, right_strides, output);
    return;
  }
  for (int64_t i = 0; i < rows; i++)
    SIMD(binary_row)(function, columns, left + i * left_strides.row, left_strides.column, right + i * right_strides.row,
                     right_strides.column, output + i * columns);
}

static void SIMD(select)(int64_t count, const REAL *condition, const REAL *yes, const REAL *no, REAL *output) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    VECTOR chosen = SIMD(load)(condition + i) != 0 ? SIMD(load)(yes + i) : SIMD(load)(no + i);
    SIMD(store)(output + i, chosen);
  }
  for (; i < count; i++) output[i] = condition[i] != 0 ? yes[i] : no[i];
}

static void SIMD(add_scaled)(int64_t count, REAL scale, const REAL *input, REAL *output) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    SIMD(store)(output + i, SIMD(load)(output + i) + scale * SIMD(load)(input + i));
  for (; i < count; i++) output[i] += scale * input[i];
}

#include "vector_end.h"
