#ifndef CKERNELS_CROSS_ENTROPY_H
#define CKERNELS_CROSS_ENTROPY_H

#include <stdint.h>

// Softmax and cross-entropy over a large vocabulary, some columns at a time, so that a block of logits is made, used
// and changed while it lies in the cache. The logits of [rows, V] are z = logits + bias; a block is the columns
// first ..< first + columns of them, its rows `stride` elements apart. `bias` is the block's part, [columns], or NULL
// for none. Targets are the caller's to check.

/// The columns that are summed at a stretch; the running sum then takes in their sum. A block starts at a multiple of
/// it, and ends at one or at V: then the bits of a row depend on that row alone.
/// A multiple of the steps that a product takes in at once (bf16.h), as the pass back cuts products there.
#define UNFOLD_CROSS_ENTROPY_CHUNK 256

/// Takes a block's columns into what is known of each row, from left to right: maximum[rows] = max z, sum[rows] =
/// Σ exp(z − maximum), target[rows] = z[targets[i]] once the block that has it has come by. Starts when `first` is 0.
/// A row's maximum is NaN with NaN in the row, and its sum means nothing where the maximum is no finite number.
void unfold_cross_entropy_scan_f32(int64_t rows, int64_t columns, int64_t first, const float *logits, int64_t stride,
                                   const float *bias, const int32_t *targets, float *maximum, float *sum,
                                   float *target);
void unfold_cross_entropy_scan_f64(int64_t rows, int64_t columns, int64_t first, const double *logits, int64_t stride,
                                   const double *bias, const int32_t *targets, double *maximum, double *sum,
                                   double *target);

/// losses[rows] = −ln softmax(z)[target] = maximum + ln sum − target, of what the scan of all blocks has left.
void unfold_cross_entropy_f32(int64_t rows, const float *maximum, const float *sum, const float *target,
                              float *losses);
void unfold_cross_entropy_f64(int64_t rows, const double *maximum, const double *sum, const double *target,
                              double *losses);

/// gradient[rows, columns] = (softmax(z) − onehot(target)) · upstream, for upstream[rows] = ∂/∂losses, of one block; the
/// rows `gradient_stride` elements apart. `gradient` may be `logits` with the same stride. Unless it is NULL,
/// bias_gradient[columns] = Σ over the rows of the gradient, in order.
void unfold_cross_entropy_gradient_f32(int64_t rows, int64_t columns, int64_t first, const float *logits,
                                       int64_t stride, const float *bias, const int32_t *targets,
                                       const float *maximum, const float *sum, const float *upstream,
                                       float *gradient, int64_t gradient_stride, float *bias_gradient);
void unfold_cross_entropy_gradient_f64(int64_t rows, int64_t columns, int64_t first, const double *logits,
                                       int64_t stride, const double *bias, const int32_t *targets,
                                       const double *maximum, const double *sum, const double *upstream,
                                       double *gradient, int64_t gradient_stride, double *bias_gradient);

#endif
