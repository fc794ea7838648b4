// The kernels of cross_entropy.h for one instruction set and width. Sums are taken in the lanes that reduce.h
// describes, held in BLOCK_VECTORS registers, so that every instruction set adds in the same order.

#include "vector.h"
#include "vector_math.h"

#define BLOCK_VECTORS (256 / VECTOR_BYTES)
#define BLOCK (BLOCK_VECTORS * LANES)

INLINE VECTOR SIMD(larger)(VECTOR a, VECTOR b) { return ((b > a) | (b != b)) ? b : a; }

/// LANES of z = logits + bias.
INLINE VECTOR SIMD(logits)(const REAL *logits, const REAL *bias, int64_t at) {
  VECTOR z = SIMD(load)(logits + at);
  return bias ? z + SIMD(load)(bias + at) : z;
}

/// The lanes of a block down to one number, by halves.
#define FOLD(total, COMBINE)                                                              \
  for (int half = BLOCK_VECTORS / 2; half > 0; half /= 2)                                 \
    for (int v = 0; v < half; v++) total[v] = COMBINE(total[v], total[v + half]);         \
  for (int64_t half = LANES / 2; half > 0; half /= 2) {                                   \
    VECTOR upper = total[0];                                                              \
    for (int64_t lane = 0; lane < half; lane++) upper[lane] = total[0][lane + half];      \
    total[0] = COMBINE(total[0], upper);                                                  \
  }
#define SUM(a, b) ((a) + (b))

/// One chunk of a row, `count` a multiple of LANES.
INLINE void SIMD(scan_chunk)(const NAME(cross_entropy_block) *block, int64_t row, int64_t count, const REAL *logits,
                             const REAL *bias) {
  VECTOR largest[BLOCK_VECTORS], total[BLOCK_VECTORS];
  for (int v = 0; v < BLOCK_VECTORS; v++) largest[v] = -(REAL)INFINITY;
  for (int v = 0; v < BLOCK_VECTORS; v++) total[v] = 0;
  for (int64_t j = 0; j < count; j += BLOCK)
    for (int v = 0; v < BLOCK_VECTORS && j + v * LANES < count; v++)
      largest[v] = SIMD(larger)(largest[v], SIMD(logits)(logits, bias, j + v * LANES));
  FOLD(largest, SIMD(larger))
  const REAL maximum = largest[0][0];
  for (int64_t j = 0; j < count; j += BLOCK)
    for (int v = 0; v < BLOCK_VECTORS && j + v * LANES < count; v++)
      total[v] += SIMD(exp)(SIMD(logits)(logits, bias, j + v * LANES) - maximum);
  FOLD(total, SUM)
  NAME(take_chunk)(block, row, maximum, total[0][0]);
}

/// A chunk that is cut short by the last column, filled up with −∞.
static void SIMD(scan_rest)(const NAME(cross_entropy_block) *block, int64_t row, int64_t count, const REAL *logits,
                            const REAL *bias) {
  REAL z[CHUNK];
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) SIMD(store)(z + j, SIMD(logits)(logits, bias, j));
  if (j < count) SIMD(store)(z + j, -(REAL)INFINITY);
  for (int64_t k = j; k < count; k++) z[k] = bias ? logits[k] + bias[k] : logits[k];
  SIMD(scan_chunk)(block, row, j < count ? j + LANES : j, z, NULL);
}

static void SIMD(scan)(const NAME(cross_entropy_block) *block) {
  for (int64_t i = 0; i < block->rows; i++) {
    const REAL *row = block->logits + i * block->stride, *bias = block->bias;
    int64_t j = 0;
    if (bias)
      for (; j + CHUNK <= block->columns; j += CHUNK) SIMD(scan_chunk)(block, i, CHUNK, row + j, bias + j);
    else
      for (; j + CHUNK <= block->columns; j += CHUNK) SIMD(scan_chunk)(block, i, CHUNK, row + j, NULL);
    if (j < block->columns) SIMD(scan_rest)(block, i, block->columns - j, row + j, bias ? bias + j : NULL);
  }
}

static void SIMD(gradient)(const NAME(cross_entropy_block) *block) {
  for (int64_t i = 0; i < block->rows; i++) {
    const REAL *row = block->logits + i * block->stride, *bias = block->bias;
    const REAL maximum = block->maximum[i], scale = block->upstream[i] / block->sum[i];
    REAL *gradient = block->gradient + i * block->gradient_stride;
    // Logits lie in memory by now, and the processor does not follow a part of each row.
    const REAL *ahead = i + ROWS_AHEAD < block->rows ? row + ROWS_AHEAD * block->stride : row;
    int64_t j = 0;
    for (; j + LANES <= block->columns; j += LANES) {
      __builtin_prefetch(ahead + j);
      SIMD(store)(gradient + j, SIMD(exp)(SIMD(logits)(row, bias, j) - maximum) * scale);
    }
    if (j < block->columns) {
      VECTOR z = 0;
      for (int64_t k = j; k < block->columns; k++) z[k - j] = bias ? row[k] + bias[k] : row[k];
      z = SIMD(exp)(z - maximum) * scale;
      for (int64_t k = j; k < block->columns; k++) gradient[k] = z[k - j];
    }
    int64_t target = NAME(target_column)(block, i);
    if (target >= 0) gradient[target] -= block->upstream[i];
    REAL *sums = block->bias_gradient;
    if (sums == NULL) continue;
    for (j = 0; j + LANES <= block->columns; j += LANES)
      SIMD(store)(sums + j, SIMD(load)(sums + j) + SIMD(load)(gradient + j));
    for (; j < block->columns; j++) sums[j] += gradient[j];
  }
}

#undef FOLD
#undef SUM
#undef BLOCK
#undef BLOCK_VECTORS
#include "vector_end.h"
