// The kernels of largest.h for one instruction set and width.

#include "vector.h"

#define BLOCK_VECTORS 8
#define BLOCK (BLOCK_VECTORS * LANES)

static void SIMD(largest)(const NAME(largest_job) *job) {
  for (int64_t i = 0; i < job->rows; i++) {
    const REAL *row = job->input + i * job->columns;
    REAL *values = job->values + i * job->count;
    int32_t *indices = job->indices + i * job->count;
    NAME(clear)(job->count, values, indices);
    int64_t j = 0;
    for (; j + BLOCK <= job->columns; j += BLOCK) {
      const VECTOR least = values[job->count - 1];
      INTEGER larger = 0;
      for (int v = 0; v < BLOCK_VECTORS; v++) larger |= SIMD(load)(row + j + v * LANES) > least;
      if (!__builtin_reduce_or(larger)) continue;
      for (int64_t k = j; k < j + BLOCK; k += LANES)
        if (__builtin_reduce_or(SIMD(load)(row + k) > (VECTOR)values[job->count - 1]))
          NAME(take_larger)(row, k, k + LANES, job->count, values, indices);
    }
    NAME(take_larger)(row, j, job->columns, job->count, values, indices);
  }
}

#undef BLOCK
#undef BLOCK_VECTORS
#include "vector_end.h"
