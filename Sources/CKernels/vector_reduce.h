// The reduction of a dense row, of one instruction set and width. A block is 256 bytes: the lanes that reduce.h
// describes, held in BLOCK_VECTORS registers, so that every instruction set adds in the same order. (No include guard.)

#define BLOCK_VECTORS (256 / VECTOR_BYTES)
#define BLOCK (BLOCK_VECTORS * LANES)

INLINE VECTOR SIMD(start)(unfold_reduction kind) {
  REAL start = kind == UNFOLD_SUM ? 0 : kind == UNFOLD_MAX ? -(REAL)INFINITY : (REAL)INFINITY;
  return start;
}

INLINE VECTOR SIMD(combine)(unfold_reduction kind, VECTOR total, VECTOR x) {
  switch (kind) {
  case UNFOLD_SUM:
    return total + x;
  case UNFOLD_MAX:
    return ((x > total) | (x != x)) ? x : total;
  case UNFOLD_MIN:
    return ((x < total) | (x != x)) ? x : total;
  }
}

/// The lanes of a block down to one number, by halves.
INLINE REAL SIMD(fold)(unfold_reduction kind, VECTOR *total) {
  for (int half = BLOCK_VECTORS / 2; half > 0; half /= 2)
    for (int v = 0; v < half; v++) total[v] = SIMD(combine)(kind, total[v], total[v + half]);
  for (int64_t half = LANES / 2; half > 0; half /= 2) {
    VECTOR upper = total[0];
    for (int64_t lane = 0; lane < half; lane++) upper[lane] = total[0][lane + half];
    total[0] = SIMD(combine)(kind, total[0], upper);
  }
  return total[0][0];
}

/// A row reduced, or with `factors` that multiplied by them, each product rounded.
INLINE REAL SIMD(reduce_terms)(unfold_reduction kind, int64_t count, const REAL *input, const REAL *factors) {
  VECTOR total[BLOCK_VECTORS];
  for (int v = 0; v < BLOCK_VECTORS; v++) total[v] = SIMD(start)(kind);
  int64_t j = 0;
  for (; j + BLOCK <= count; j += BLOCK)
    for (int v = 0; v < BLOCK_VECTORS; v++) {
      VECTOR x = SIMD(load)(input + j + v * LANES);
      if (factors) x *= SIMD(load)(factors + j + v * LANES);
      total[v] = SIMD(combine)(kind, total[v], x);
    }
  if (j < count) {
    VECTOR rest[BLOCK_VECTORS], others[BLOCK_VECTORS];
    for (int v = 0; v < BLOCK_VECTORS; v++) rest[v] = SIMD(start)(kind);
    memcpy(rest, input + j, (size_t)(count - j) * sizeof(REAL));
    for (int v = 0; v < BLOCK_VECTORS; v++) others[v] = (VECTOR)(REAL)1;
    if (factors) memcpy(others, factors + j, (size_t)(count - j) * sizeof(REAL));
    for (int v = 0; v < BLOCK_VECTORS; v++) {
      VECTOR x = factors ? rest[v] * others[v] : rest[v];
      total[v] = SIMD(combine)(kind, total[v], x);
    }
  }
  return SIMD(fold)(kind, total);
}

INLINE REAL SIMD(reduce_row)(unfold_reduction kind, int64_t count, const REAL *input) {
  return SIMD(reduce_terms)(kind, count, input, NULL);
}

/// Σ left[j] · right[j], in the lanes of a row's sum.
INLINE REAL SIMD(dot_row)(int64_t count, const REAL *left, const REAL *right) {
  return SIMD(reduce_terms)(UNFOLD_SUM, count, left, right);
}
