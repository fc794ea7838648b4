#ifndef CKERNELS_MATMUL_H
#define CKERNELS_MATMUL_H

#include <stdbool.h>
#include <stdint.h>

/// The sizes of `output[M, N] = left · right`, M = rows, N = columns, K = inner.
typedef struct unfold_matmul_shape {
  int64_t rows, columns, inner;
  /// Elements from one stored row to the next, of each matrix as it is stored.
  int64_t left_stride, right_stride, output_stride;
  /// left is stored [K, M] instead of [M, K]; right is stored [N, K] instead of [K, N].
  bool transpose_left, transpose_right;
  /// Adds the product to what `output` holds: the sum over k starts from the old value.
  bool accumulate;
} unfold_matmul_shape;

/// Each output element is one sum over k = 0, 1, …, K−1 in that order, one multiply-add at a time (fused where the
/// instruction set fuses), starting from 0 or, when accumulating, from the element's old value: its bits do not
/// depend on M, N, tiles or threads. K = 0 gives zeros (or leaves the output as it is when accumulating).
void unfold_matmul_f32(const unfold_matmul_shape *shape, const float *left, const float *right, float *output);
void unfold_matmul_f64(const unfold_matmul_shape *shape, const double *left, const double *right, double *output);

/// The same sums by three plain loops: the reference.
void unfold_matmul_plain_f32(const unfold_matmul_shape *shape, const float *left, const float *right, float *output);
void unfold_matmul_plain_f64(const unfold_matmul_shape *shape, const double *left, const double *right, double *output);

#endif
