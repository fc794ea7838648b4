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

INLINE REAL SIMD(reduce_row)(unfold_reduction kind, int64_t count, const REAL *input) {
  VECTOR total[BLOCK_VECTORS];
  for (int v = 0; v < BLOCK_VECTORS; v++) total[v] = SIMD(start)(kind);
  int64_t j = 0;
  for (; j + BLOCK <= count; j += BLOCK)
    for (int v = 0; v < BLOCK_VECTORS; v++)
      total[v] = SIMD(combine)(kind, total[v], SIMD(load)(input + j + v * LANES));
  if (j < count) {
    VECTOR rest[BLOCK_VECTORS];
    for (int v = 0; v < BLOCK_VECTORS; v++) rest[v] = SIMD(start)(kind);
    memcpy(rest, input + j, (size_t)(count - j) * sizeof(REAL));
    for (int v = 0; v < BLOCK_VECTORS; v++) total[v] = SIMD(combine)(kind, total[v], rest[v]);
  }
  return SIMD(fold)(kind, total);
}
