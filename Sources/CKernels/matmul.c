#include "include/matmul.h"

void unfold_matmul_f32(const unfold_matmul_shape *shape, const float *left, const float *right, float *output) {
  unfold_matmul_plain_f32(shape, left, right, output);
}

void unfold_matmul_f64(const unfold_matmul_shape *shape, const double *left, const double *right, double *output) {
  unfold_matmul_plain_f64(shape, left, right, output);
}
