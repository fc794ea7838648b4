void NAME(unfold_gather_rows)(int64_t count, int64_t columns, const REAL *input, const int32_t *indices, REAL *output) {
  for (int64_t i = 0; i < count; i++)
    memcpy(output + i * columns, input + indices[i] * columns, (size_t)columns * sizeof(REAL));
}

void NAME(unfold_scatter_add_rows)(int64_t count, int64_t columns, const REAL *input, const int32_t *indices,
                                   REAL *output) {
  for (int64_t i = 0; i < count; i++)
    for (int64_t j = 0; j < columns; j++) output[indices[i] * columns + j] += input[i * columns + j];
}

void NAME(unfold_pick)(int64_t count, int64_t columns, const REAL *input, const int32_t *indices, REAL *output) {
  for (int64_t i = 0; i < count; i++) output[i] = input[i * columns + indices[i]];
}

void NAME(unfold_copy_block)(int64_t rows, int64_t columns, const REAL *input, int64_t input_stride, REAL *output,
                             int64_t output_stride, int accumulate) {
  for (int64_t i = 0; i < rows; i++, input += input_stride, output += output_stride) {
    if (accumulate)
      for (int64_t j = 0; j < columns; j++) output[j] += input[j];
    else
      memcpy(output, input, (size_t)columns * sizeof(REAL));
  }
}

void NAME(unfold_transpose)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) output[j * rows + i] = input[i * columns + j];
}
