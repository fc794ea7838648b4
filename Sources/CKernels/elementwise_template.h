void NAME(unfold_unary)(unfold_unary function, int64_t count, const REAL *input, REAL *output) {
  NAME(unfold_unary_plain)(function, count, input, output);
}

void NAME(unfold_binary)(unfold_binary function, int64_t rows, int64_t columns, const REAL *left,
                         unfold_operand_strides left_strides, const REAL *right,
                         unfold_operand_strides right_strides, REAL *output) {
  NAME(unfold_binary_plain)(function, rows, columns, left, left_strides, right, right_strides, output);
}

void NAME(unfold_select)(int64_t count, const REAL *condition, const REAL *yes, const REAL *no, REAL *output) {
  for (int64_t i = 0; i < count; i++) output[i] = condition[i] != 0 ? yes[i] : no[i];
}

void NAME(unfold_add_scaled)(int64_t count, REAL scale, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < count; i++) output[i] += scale * input[i];
}

void NAME(unfold_fill)(int64_t count, REAL value, REAL *output) {
  for (int64_t i = 0; i < count; i++) output[i] = value;
}
