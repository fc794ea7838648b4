// The public kernels of one width, and the plain loops.

static void NAME(scan_plain)(const NAME(cross_entropy_block) *block) {
  for (int64_t i = 0; i < block->rows; i++) {
    const REAL *row = block->logits + i * block->stride, *bias = block->bias;
    for (int64_t first = 0; first < block->columns; first += CHUNK) {
      int64_t end = first + CHUNK < block->columns ? first + CHUNK : block->columns;
      REAL maximum = -(REAL)INFINITY, sum = 0;
      for (int64_t j = first; j < end; j++) {
        REAL z = bias ? row[j] + bias[j] : row[j];
        if (z > maximum || z != z) maximum = z;
      }
      for (int64_t j = first; j < end; j++) sum += MATH(exp)((bias ? row[j] + bias[j] : row[j]) - maximum);
      NAME(take_chunk)(block, i, maximum, sum);
    }
  }
}

static void NAME(gradient_plain)(const NAME(cross_entropy_block) *block) {
  for (int64_t i = 0; i < block->rows; i++) {
    const REAL *row = block->logits + i * block->stride, *bias = block->bias;
    const REAL maximum = block->maximum[i], scale = block->upstream[i] / block->sum[i];
    REAL *gradient = block->gradient + i * block->gradient_stride;
    for (int64_t j = 0; j < block->columns; j++)
      gradient[j] = MATH(exp)((bias ? row[j] + bias[j] : row[j]) - maximum) * scale;
    int64_t target = NAME(target_column)(block, i);
    if (target >= 0) gradient[target] -= block->upstream[i];
    if (block->bias_gradient)
      for (int64_t j = 0; j < block->columns; j++) block->bias_gradient[j] += gradient[j];
  }
}

static void NAME(scan_part)(void *context, int member, int members) {
  NAME(cross_entropy_block) part = *(const NAME(cross_entropy_block) *)context;
  share s = share_of(part.rows, 1, member, members);
  part.rows = s.end - s.first;
  part.logits += s.first * part.stride;
  part.targets += s.first;
  part.maximum += s.first;
  part.sum += s.first;
  part.target += s.first;
  for (int64_t i = 0; i < part.rows; i++) {
    if (part.first == 0) {
      part.maximum[i] = -(REAL)INFINITY;
      part.sum[i] = 0;
      part.target[i] = 0;
    }
    int64_t column = NAME(target_column)(&part, i);
    if (column < 0) continue;
    REAL logit = part.logits[i * part.stride + column];
    part.target[i] = part.bias ? logit + part.bias[column] : logit;
  }
  DISPATCH(scan, NAME(scan_plain), &part)
}

void NAME(unfold_cross_entropy_scan)(int64_t rows, int64_t columns, int64_t first, const REAL *logits, int64_t stride,
                                     const REAL *bias, const int32_t *targets, REAL *maximum, REAL *sum,
                                     REAL *target) {
  NAME(cross_entropy_block) block = {.rows = rows, .columns = columns, .first = first, .logits = logits,
                                     .stride = stride, .bias = bias, .targets = targets, .maximum = maximum,
                                     .sum = sum, .target = target};
  unfold_team_run(members_for(rows * columns, ELEMENTS_PER_MEMBER), NAME(scan_part), &block);
}

void NAME(unfold_cross_entropy)(int64_t rows, const REAL *maximum, const REAL *sum, const REAL *target, REAL *losses) {
  for (int64_t i = 0; i < rows; i++)
    losses[i] = (isfinite(maximum[i]) ? maximum[i] + MATH(log)(sum[i]) : maximum[i]) - target[i];
}

/// Each member has its own columns and goes through all rows in order: so does the sum of the bias's gradient.
static void NAME(gradient_part)(void *context, int member, int members) {
  NAME(cross_entropy_block) part = *(const NAME(cross_entropy_block) *)context;
  share s = share_of(part.columns, 16, member, members);
  part.columns = s.end - s.first;
  part.first += s.first;
  part.logits += s.first;
  part.gradient += s.first;
  if (part.bias) part.bias += s.first;
  if (part.bias_gradient) {
    part.bias_gradient += s.first;
    for (int64_t j = 0; j < part.columns; j++) part.bias_gradient[j] = 0;
  }
  DISPATCH(gradient, NAME(gradient_plain), &part)
}

void NAME(unfold_cross_entropy_gradient)(int64_t rows, int64_t columns, int64_t first, const REAL *logits,
                                         int64_t stride, const REAL *bias, const int32_t *targets,
                                         const REAL *maximum, const REAL *sum, const REAL *upstream, REAL *gradient,
                                         int64_t gradient_stride, REAL *bias_gradient) {
  NAME(cross_entropy_block) block = {.rows = rows, .columns = columns, .first = first, .logits = logits,
                                     .stride = stride, .bias = bias, .targets = targets, .maximum = (REAL *)maximum,
                                     .sum = (REAL *)sum, .upstream = upstream, .gradient = gradient,
                                     .gradient_stride = gradient_stride, .bias_gradient = bias_gradient};
  unfold_team_run(members_for(rows * columns, ELEMENTS_PER_MEMBER), NAME(gradient_part), &block);
}
