#ifndef CKERNELS_ROW_PRODUCT_H
#define CKERNELS_ROW_PRODUCT_H

#include <stdbool.h>
#include <stdint.h>

/// Small products, one for each row: of matrices that are as much a row's own as its other values.
typedef struct unfold_row_product_shape {
  /// Of the product, and the inner size. Matrices are dense; a transposed operand is held the other way round.
  int64_t rows, columns, inner;
  bool transpose_left, transpose_right;
  /// Whether the product is added to what the output holds.
  bool accumulate;
} unfold_row_product_shape;

/// output[i] = or += left[i] · right[i] for i < count, on the calling thread. Operands lie so many elements apart from one i
/// to the next; a right stride of 0 is one matrix for all.
///
/// Sums over the inner size are made in one order: the bits are the same on every instruction set.
void unfold_row_product_f32(unfold_row_product_shape shape, int64_t count, const float *left, int64_t left_stride,
                            const float *right, int64_t right_stride, float *output, int64_t output_stride);
void unfold_row_product_f64(unfold_row_product_shape shape, int64_t count, const double *left, int64_t left_stride,
                            const double *right, int64_t right_stride, double *output, int64_t output_stride);

/// The same on the team.
void unfold_row_products_f32(unfold_row_product_shape shape, int64_t count, const float *left, int64_t left_stride,
                             const float *right, int64_t right_stride, float *output, int64_t output_stride);
void unfold_row_products_f64(unfold_row_product_shape shape, int64_t count, const double *left, int64_t left_stride,
                             const double *right, int64_t right_stride, double *output, int64_t output_stride);

#endif
