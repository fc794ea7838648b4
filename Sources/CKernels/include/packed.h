#ifndef CKERNELS_PACKED_H
#define CKERNELS_PACKED_H

#include <stdbool.h>
#include <stdint.h>

// Products with a right operand that is packed once and used many times: the weights of a recurrent net, at every step.
// All of these run on the calling thread alone, so that each member of a team can take its own columns.

enum {
  /// Columns of a panel. The part of a product that a thread takes starts at a multiple of it.
  UNFOLD_PACKED_UNIT = 16,
};

/// Elements (of float or double) that a packed [K, N] right operand takes, K = inner, N = columns: whole panels, each with
/// room for an odd number of steps of k.
int64_t unfold_packed_size(int64_t inner, int64_t columns);

/// Packs `right`, stored [K, N], or [N, K] when `transposed`, its rows `stride` elements apart, into
/// packed[unfold_packed_size(K, N)]. Panel p holds the columns 16p … 16p + 15 (zeros from N on), k by k, and starts at
/// element 16p · (K | 1). The packed operand is the same for every instruction set. Aligned to 64 bytes it is read fastest.
void unfold_pack_f32(bool transposed, int64_t inner, int64_t columns, const float *right, int64_t stride,
                     float *packed);
void unfold_pack_f64(bool transposed, int64_t inner, int64_t columns, const double *right, int64_t stride,
                     double *packed);

/// output[rows, first ..< first + count] = left[rows, K] · right[K, first ..< first + count], added to the output's old
/// values when `accumulate`. `first` is a multiple of UNFOLD_PACKED_UNIT, first + count ≤ N = columns, and `output`
/// points to column 0 of the whole product. Each element is the same chain over k = 0, 1, …, K−1 as in unfold_matmul,
/// and has the same bits.
void unfold_packed_multiply_f32(int64_t rows, int64_t inner, const float *left, int64_t left_stride,
                                const float *packed, int64_t columns, int64_t first, int64_t count, float *output,
                                int64_t output_stride, bool accumulate);
void unfold_packed_multiply_f64(int64_t rows, int64_t inner, const double *left, int64_t left_stride,
                                const double *packed, int64_t columns, int64_t first, int64_t count, double *output,
                                int64_t output_stride, bool accumulate);

#endif
