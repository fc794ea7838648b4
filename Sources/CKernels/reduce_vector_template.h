// The reductions of one instruction set and width.

#include "vector.h"
#include "vector_math.h"
#include "vector_part.h"
#include "vector_reduce.h"

/// Rows, or the products of two arrays' rows element by element, each row perhaps times a number of its own.
typedef struct SIMD(row_terms) {
  const REAL *left, *right;  ///< right: NULL for rows as they are
  int64_t left_stride, right_stride;
  const REAL *scale;  ///< NULL for 1
  int64_t scale_stride;
} SIMD(row_terms);

/// `rest` lanes of a vector.
INLINE VECTOR SIMD(load_some)(const REAL *from, int64_t rest) {
  return rest < LANES ? SIMD(load_part)(from, rest) : SIMD(load)(from);
}

INLINE void SIMD(store_some)(REAL *to, VECTOR x, int64_t rest) {
  if (rest < LANES)
    SIMD(store_part)(to, x, rest);
  else
    SIMD(store)(to, x);
}

/// The totals of `width` vectors of columns from `k` on, each of `rest` lanes, take in some rows, which are the `first`.
INLINE void SIMD(take_columns)(unfold_reduction kind, bool multiplies, bool scales, bool first, int64_t count,
                               SIMD(row_terms) terms, int64_t k, const int width, int64_t rest, REAL *output) {
  VECTOR totals[4];
  for (int v = 0; v < width; v++)
    totals[v] = first ? SIMD(start)(kind) : SIMD(load_some)(output + k + v * LANES, rest);
  for (int64_t i = 0; i < count; i++) {
    for (int v = 0; v < width; v++) {
      const int64_t column = k + v * LANES;
      VECTOR x = SIMD(load_some)(terms.left + i * terms.left_stride + column, rest);
      if (multiplies) x *= SIMD(load_some)(terms.right + i * terms.right_stride + column, rest);
      if (scales) x *= terms.scale[i * terms.scale_stride];
      totals[v] = SIMD(combine)(kind, totals[v], x);
    }
  }
  for (int v = 0; v < width; v++) SIMD(store_some)(output + k + v * LANES, totals[v], rest);
}

/// Rows that all columns take in before they go on to the next: rows lie far apart, and what is read of each should be long.
#define ROWS_AT_ONCE ((int64_t)32)

/// output[columns] = the reduction of `count` rows.
INLINE void SIMD(reduce_columns)(unfold_reduction kind, bool multiplies, bool scales, int64_t count,
                                 SIMD(row_terms) terms, int64_t columns, REAL *output) {
  for (int64_t i = 0; i == 0 || i < count; i += ROWS_AT_ONCE) {
    const int64_t rows = count - i < ROWS_AT_ONCE ? count - i : ROWS_AT_ONCE;
    SIMD(row_terms) some = terms;
    some.left += i * terms.left_stride;
    if (multiplies) some.right += i * terms.right_stride;
    if (scales) some.scale += i * terms.scale_stride;
    int64_t k = 0;
    for (; k + 4 * LANES <= columns; k += 4 * LANES)
      SIMD(take_columns)(kind, multiplies, scales, i == 0, rows, some, k, 4, LANES, output);
    for (; k + LANES <= columns; k += LANES)
      SIMD(take_columns)(kind, multiplies, scales, i == 0, rows, some, k, 1, LANES, output);
    if (k < columns) SIMD(take_columns)(kind, multiplies, scales, i == 0, rows, some, k, 1, columns - k, output);
  }
}
#undef ROWS_AT_ONCE

static void SIMD(sum_of_products)(int64_t rows, int64_t columns, const REAL *left, int64_t left_stride,
                                  const REAL *right, int64_t right_stride, const REAL *scale, int64_t scale_stride,
                                  REAL *output) {
  const SIMD(row_terms) terms = {left, right, left_stride, right_stride, scale, scale_stride};
  if (scale)
    SIMD(reduce_columns)(UNFOLD_SUM, true, true, rows, terms, columns, output);
  else
    SIMD(reduce_columns)(UNFOLD_SUM, true, false, rows, terms, columns, output);
}

#define EACH_KIND(call)     \
  switch (kind) {           \
  case UNFOLD_SUM:          \
    call(UNFOLD_SUM);       \
    break;                  \
  case UNFOLD_MAX:          \
    call(UNFOLD_MAX);       \
    break;                  \
  case UNFOLD_MIN:          \
    call(UNFOLD_MIN);       \
    break;                  \
  }

/// input[outer, count, 1].
static void SIMD(reduce_rows)(unfold_reduction kind, int64_t outer, int64_t count, const REAL *input, REAL *output) {
#define ROWS(kind) \
  for (int64_t i = 0; i < outer; i++) output[i] = SIMD(reduce_row)(kind, count, input + i * count)
  EACH_KIND(ROWS)
#undef ROWS
}

/// The columns first ..< end of input[outer, count, inner].
static void SIMD(reduce_part)(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, int64_t first,
                              int64_t end, const REAL *input, REAL *output) {
#define COLUMNS(kind)                                                                                              \
  for (int64_t i = 0; i < outer; i++)                                                                               \
    SIMD(reduce_columns)(kind, false, false, count,                                                                \
                         (SIMD(row_terms)){.left = input + i * count * inner + first, .left_stride = inner},       \
                         end - first, output + i * inner + first)
  EACH_KIND(COLUMNS)
#undef COLUMNS
}
#undef EACH_KIND

/// Σ exp(input[j] − largest), in lanes; the terms go to `terms`, which may be the input, unless it is null.
INLINE REAL SIMD(sum_of_exp)(int64_t count, const REAL *input, REAL largest, REAL *terms) {
  VECTOR total[BLOCK_VECTORS];
  for (int v = 0; v < BLOCK_VECTORS; v++) total[v] = 0;
  int64_t j = 0;
  for (; j + BLOCK <= count; j += BLOCK)
    for (int v = 0; v < BLOCK_VECTORS; v++) {
      VECTOR e = SIMD(exp)(SIMD(load)(input + j + v * LANES) - largest);
      if (terms) SIMD(store)(terms + j + v * LANES, e);
      total[v] += e;
    }
  if (j < count) {
    VECTOR rest[BLOCK_VECTORS];
    for (int v = 0; v < BLOCK_VECTORS; v++) rest[v] = -(REAL)INFINITY;
    memcpy(rest, input + j, (size_t)(count - j) * sizeof(REAL));
    for (int v = 0; v < BLOCK_VECTORS && j + v * LANES < count; v++) {
      rest[v] = SIMD(exp)(rest[v] - largest);
      total[v] += rest[v];
    }
    if (terms) memcpy(terms + j, rest, (size_t)(count - j) * sizeof(REAL));
  }
  return SIMD(fold)(UNFOLD_SUM, total);
}

static void SIMD(softmax)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns, output += columns) {
    REAL largest = SIMD(reduce_row)(UNFOLD_MAX, columns, input);
    REAL scale = 1 / SIMD(sum_of_exp)(columns, input, largest, output);
    int64_t j = 0;
    for (; j + LANES <= columns; j += LANES) SIMD(store)(output + j, SIMD(load)(output + j) * scale);
    for (; j < columns; j++) output[j] *= scale;
  }
}

static void SIMD(log_softmax)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns, output += columns) {
    REAL largest = SIMD(reduce_row)(UNFOLD_MAX, columns, input);
    REAL log_sum = SIMD(log)((VECTOR)SIMD(sum_of_exp)(columns, input, largest, NULL))[0];
    int64_t j = 0;
    for (; j + LANES <= columns; j += LANES)
      SIMD(store)(output + j, (SIMD(load)(input + j) - largest) - log_sum);
    for (; j < columns; j++) output[j] = (input[j] - largest) - log_sum;
  }
}

static void SIMD(log_sum_exp)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns) {
    REAL largest = SIMD(reduce_row)(UNFOLD_MAX, columns, input);
    // −∞: no column, or nothing in them; +∞ outweighs everything. Their differences would be NaN.
    output[i] = isinf(largest)
                    ? largest
                    : largest + SIMD(log)((VECTOR)SIMD(sum_of_exp)(columns, input, largest, NULL))[0];
  }
}

static void SIMD(argmax)(int64_t rows, int64_t columns, const REAL *input, int32_t *output) {
  for (int64_t i = 0; i < rows; i++, input += columns) {
    REAL largest = SIMD(reduce_row)(UNFOLD_MAX, columns, input);
    bool missing = largest != largest;
    int64_t j = 0;
    for (; j + BLOCK <= columns; j += BLOCK) {
      INTEGER found = 0;
      for (int v = 0; v < BLOCK_VECTORS; v++) {
        VECTOR x = SIMD(load)(input + j + v * LANES);
        found |= missing ? x != x : x == largest;
      }
      if (__builtin_reduce_or(found)) break;
    }
    while (missing ? input[j] == input[j] : input[j] != largest) j++;
    output[i] = (int32_t)j;
  }
}

#define SQUARES_LANES 32
/// Σ x² in 32 lanes of double.
static double SIMD(squares)(int64_t count, const REAL *input) {
  double total[SQUARES_LANES] = {0};
  int64_t j = 0;
  for (; j + SQUARES_LANES <= count; j += SQUARES_LANES)
    for (int lane = 0; lane < SQUARES_LANES; lane++)
      total[lane] += (double)input[j + lane] * (double)input[j + lane];
  for (int lane = 0; j < count; j++, lane++) total[lane] += (double)input[j] * (double)input[j];
  for (int half = SQUARES_LANES / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; lane++) total[lane] += total[lane + half];
  return total[0];
}
#undef SQUARES_LANES

static void SIMD(sum_of_squares)(int64_t chunks, int64_t count, const REAL *input, double *sums) {
  for (int64_t c = 0; c < chunks; c++) {
    int64_t rest = count - c * SQUARES_CHUNK;
    sums[c] = SIMD(squares)(rest < SQUARES_CHUNK ? rest : SQUARES_CHUNK, input + c * SQUARES_CHUNK);
  }
}

#include "vector_end.h"
