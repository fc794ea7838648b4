// One small product, in plain loops that the compiler makes vectors of: the same sums in the same order in every set.

/// Partial sums of a dot product, added in pairs at its end.
#define DOT_LANES 16

static REAL SIMD(dot)(int64_t count, const REAL *a, int64_t a_step, const REAL *b, int64_t b_step) {
  REAL sums[DOT_LANES] = {0};
  int64_t i = 0;
  if (a_step == 1 && b_step == 1)
    for (; i + DOT_LANES <= count; i += DOT_LANES)
      for (int64_t lane = 0; lane < DOT_LANES; lane++) sums[lane] += a[i + lane] * b[i + lane];
  for (; i < count; i++) sums[i % DOT_LANES] += a[i * a_step] * b[i * b_step];
  for (int64_t half = DOT_LANES / 2; half > 0; half /= 2)
    for (int64_t lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
  return sums[0];
}

/// The dot products of 4 rows and a vector, each with the bits of SIMD(dot); rows and elements are dense.
static void SIMD(dot_4)(int64_t count, const REAL *a, const REAL *b, REAL *output) {
  REAL sums[4][DOT_LANES] = {{0}};
  int64_t i = 0;
  for (; i + DOT_LANES <= count; i += DOT_LANES)
    for (int64_t row = 0; row < 4; row++)
      for (int64_t lane = 0; lane < DOT_LANES; lane++) sums[row][lane] += a[row * count + i + lane] * b[i + lane];
  for (int64_t row = 0; row < 4; row++) {
    REAL *sum = sums[row];
    for (int64_t j = i; j < count; j++) sum[j % DOT_LANES] += a[row * count + j] * b[j];
    for (int64_t half = DOT_LANES / 2; half > 0; half /= 2)
      for (int64_t lane = 0; lane < half; lane++) sum[lane] += sum[lane + half];
    output[row] = sum[0];
  }
}

/// output[rows, columns] = or += left · right; element (i, k) of left is at i · row_step + k · inner_step.
static void SIMD(row_product)(unfold_row_product_shape shape, const REAL *left, const REAL *right, REAL *output) {
  const int64_t row_step = shape.transpose_left ? 1 : shape.inner;
  const int64_t inner_step = shape.transpose_left ? shape.rows : 1;
  if (shape.columns == 1 && shape.transpose_left) {
    // A vector on the right: its elements times the left operand's lines.
    if (!shape.accumulate) memset(output, 0, (size_t)shape.rows * sizeof(REAL));
    for (int64_t k = 0; k < shape.inner; k++)
      for (int64_t i = 0; i < shape.rows; i++) output[i] += left[k * shape.rows + i] * right[k];
    return;
  }
  if (shape.inner > 1 && shape.columns == 1 && !shape.accumulate) {
    int64_t i = 0;
    for (; i + 4 <= shape.rows; i += 4) SIMD(dot_4)(shape.inner, left + i * shape.inner, right, output + i);
    for (; i < shape.rows; i++) output[i] = SIMD(dot)(shape.inner, left + i * shape.inner, 1, right, 1);
    return;
  }
  if (shape.inner == 1 && !shape.accumulate) {
    // Added to 0, as a sum of more terms begins: −0 becomes 0.
    for (int64_t i = 0; i < shape.rows; i++) {
      REAL *line = output + i * shape.columns;
      for (int64_t j = 0; j < shape.columns; j++) line[j] = 0 + left[i] * right[j];
    }
    return;
  }
  if (shape.inner > 1 && (shape.transpose_right || shape.columns == 1)) {
    for (int64_t i = 0; i < shape.rows; i++)
      for (int64_t j = 0; j < shape.columns; j++) {
        const REAL sum = SIMD(dot)(shape.inner, left + i * row_step, inner_step, right + j * shape.inner, 1);
        REAL *element = &output[i * shape.columns + j];
        *element = shape.accumulate ? *element + sum : sum;
      }
    return;
  }
  for (int64_t i = 0; i < shape.rows; i++) {
    REAL *line = output + i * shape.columns;
    if (!shape.accumulate) memset(line, 0, (size_t)shape.columns * sizeof(REAL));
    for (int64_t k = 0; k < shape.inner; k++) {
      const REAL factor = left[i * row_step + k * inner_step];
      for (int64_t j = 0; j < shape.columns; j++) line[j] += factor * right[k * shape.columns + j];
    }
  }
}

static void SIMD(row_product_run)(unfold_row_product_shape shape, int64_t count, const REAL *left, int64_t left_stride,
                                  const REAL *right, int64_t right_stride, REAL *output, int64_t output_stride) {
  for (int64_t i = 0; i < count; i++)
    SIMD(row_product)(shape, left + i * left_stride, right + i * right_stride, output + i * output_stride);
}

#undef DOT_LANES
