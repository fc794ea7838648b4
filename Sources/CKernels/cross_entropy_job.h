// What the kernels of cross_entropy.h work on: a block of one width, or some rows or columns of it.
typedef struct NAME(cross_entropy_block) {
  int64_t rows, columns, first;
  const REAL *logits;
  int64_t stride;
  const REAL *bias;
  const int32_t *targets;
  /// What is known of each row: the scan's results, which the gradient only reads.
  REAL *maximum, *sum, *target;
  const REAL *upstream;
  REAL *gradient;
  int64_t gradient_stride;
  REAL *bias_gradient;
} NAME(cross_entropy_block);

/// Where the row's target stands in the block, −1 if elsewhere.
static inline int64_t NAME(target_column)(const NAME(cross_entropy_block) *block, int64_t row) {
  int64_t column = block->targets[row] - block->first;
  return column >= 0 && column < block->columns ? column : -1;
}

/// Takes the maximum and the sum of a chunk into those of row `row`; one of the two sums is right as it is.
static inline void NAME(take_chunk)(const NAME(cross_entropy_block) *block, int64_t row, REAL maximum, REAL sum) {
  REAL *const so_far = block->maximum + row, *const total = block->sum + row;
  if (maximum > *so_far) {
    // Nothing came before, or only −∞: e to the difference is 0, and 0 times the sum, of no terms, 0.
    *total = (isinf(*so_far) ? 0 : *total * MATH(exp)(*so_far - maximum)) + sum;
    *so_far = maximum;
  } else if (maximum == maximum) {
    if (!isinf(maximum)) *total += sum * MATH(exp)(maximum - *so_far);
  } else {
    *so_far = maximum;
  }
}
