void NAME(unfold_reduce)(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const REAL *input,
                         REAL *output) {
  NAME(unfold_reduce_plain)(kind, outer, count, inner, input, output);
}

double NAME(unfold_sum_of_squares)(int64_t count, const REAL *input) {
  double total = 0;
  for (int64_t i = 0; i < count; i++) total += (double)input[i] * (double)input[i];
  return total;
}

void NAME(unfold_argmax)(int64_t rows, int64_t columns, const REAL *input, int32_t *output) {
  for (int64_t i = 0; i < rows; i++, input += columns) {
    int64_t best = 0;
    for (int64_t j = 1; j < columns && input[best] == input[best]; j++)
      if (input[j] > input[best] || input[j] != input[j]) best = j;
    output[i] = (int32_t)best;
  }
}

void NAME(unfold_softmax)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  NAME(unfold_softmax_plain)(rows, columns, input, output);
}

void NAME(unfold_log_softmax)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  NAME(unfold_log_softmax_plain)(rows, columns, input, output);
}

void NAME(unfold_log_sum_exp)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns) {
    REAL largest, sum = 0;
    NAME(unfold_reduce_plain)(UNFOLD_MAX, 1, columns, 1, input, &largest);
    if (isinf(largest)) {
      output[i] = largest;
      continue;
    }
    for (int64_t j = 0; j < columns; j++) sum += MATH(exp)(input[j] - largest);
    output[i] = largest + MATH(log)(sum);
  }
}
