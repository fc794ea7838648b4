static REAL NAME(start)(unfold_reduction kind) {
  return kind == UNFOLD_SUM ? 0 : kind == UNFOLD_MAX ? -(REAL)INFINITY : (REAL)INFINITY;
}

static REAL NAME(combine)(unfold_reduction kind, REAL total, REAL x) {
  switch (kind) {
  case UNFOLD_SUM:
    return total + x;
  case UNFOLD_MAX:
    return x > total || x != x ? x : total;
  case UNFOLD_MIN:
    return x < total || x != x ? x : total;
  }
  return (REAL)NAN;
}

/// The reduction of one dense row, in the lanes that reduce.h describes.
static REAL NAME(reduce_row)(unfold_reduction kind, int64_t count, const REAL *input) {
  enum { lanes = 2048 / WIDTH };
  REAL total[lanes];
  for (int lane = 0; lane < lanes; lane++) total[lane] = NAME(start)(kind);
  for (int64_t j = 0; j < count; j++) total[j % lanes] = NAME(combine)(kind, total[j % lanes], input[j]);
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; lane++) total[lane] = NAME(combine)(kind, total[lane], total[lane + half]);
  return total[0];
}

void NAME(unfold_sum_of_products_plain)(int64_t rows, int64_t columns, const REAL *left, int64_t left_stride,
                                        const REAL *right, int64_t right_stride, const REAL *scale,
                                        int64_t scale_stride, REAL *output) {
  for (int64_t j = 0; j < columns; j++) {
    REAL total = 0;
    for (int64_t i = 0; i < rows; i++) {
      REAL product = left[i * left_stride + j] * right[i * right_stride + j];
      total += scale ? product * scale[i * scale_stride] : product;
    }
    output[j] = total;
  }
}

void NAME(unfold_reduce_plain)(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const REAL *input,
                               REAL *output) {
  if (inner == 1) {
    for (int64_t i = 0; i < outer; i++) output[i] = NAME(reduce_row)(kind, count, input + i * count);
    return;
  }
  for (int64_t i = 0; i < outer; i++)
    for (int64_t k = 0; k < inner; k++) {
      REAL total = NAME(start)(kind);
      for (int64_t j = 0; j < count; j++) total = NAME(combine)(kind, total, input[(i * count + j) * inner + k]);
      output[i * inner + k] = total;
    }
}

void NAME(unfold_softmax_plain)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns, output += columns) {
    REAL largest = NAME(reduce_row)(UNFOLD_MAX, columns, input), sum = 0;
    for (int64_t j = 0; j < columns; j++) sum += output[j] = MATH(exp)(input[j] - largest);
    for (int64_t j = 0; j < columns; j++) output[j] /= sum;
  }
}

void NAME(unfold_log_softmax_plain)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns, output += columns) {
    REAL largest = NAME(reduce_row)(UNFOLD_MAX, columns, input), sum = 0;
    for (int64_t j = 0; j < columns; j++) sum += MATH(exp)(input[j] - largest);
    REAL log_sum = MATH(log)(sum);
    for (int64_t j = 0; j < columns; j++) output[j] = (input[j] - largest) - log_sum;
  }
}
