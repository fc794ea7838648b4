#ifndef CKERNELS_REDUCE_H
#define CKERNELS_REDUCE_H

#include <stdint.h>

typedef enum unfold_reduction {
  UNFOLD_SUM,
  UNFOLD_MAX,  ///< NaN if any is NaN
  UNFOLD_MIN,  ///< NaN if any is NaN
} unfold_reduction;

/// output[outer, inner] = the reduction over the middle axis of input[outer, count, inner]. count = 0 gives 0, −∞, +∞.
///
/// The order of additions depends on `count` and on whether inner is 1, and is the same for every instruction set.
/// inner ≠ 1: j = 0, 1, … count−1, starting from 0. inner = 1 (dense rows): L = 64 lanes (32 in double), lane l summing
/// j = l, l+L, l+2L, …; then lane l takes in lane l + L/2 for l < L/2, and so on by halves down to one.
void unfold_reduce_f32(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const float *input,
                       float *output);
void unfold_reduce_f64(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const double *input,
                       double *output);

/// output[columns] = Σᵢ left[i, j] · right[i, j] · scale[i], i = 0, 1, … rows − 1, starting from 0; each product is rounded
/// before it is multiplied by its row's scale, and again before it is added. The rows of the operands are left_stride,
/// right_stride and scale_stride elements apart; a scale of NULL is 1.
void unfold_sum_of_products_f32(int64_t rows, int64_t columns, const float *left, int64_t left_stride,
                                const float *right, int64_t right_stride, const float *scale, int64_t scale_stride,
                                float *output);
void unfold_sum_of_products_f64(int64_t rows, int64_t columns, const double *left, int64_t left_stride,
                                const double *right, int64_t right_stride, const double *scale, int64_t scale_stride,
                                double *output);

/// Σ x², accumulated in double, whatever the input's width: the squared norm for clipping. Chunks of 16,384 elements
/// are summed each in 32 lanes, and their sums added in order: the same bits on any team and any instruction set.
double unfold_sum_of_squares_f32(int64_t count, const float *input);
double unfold_sum_of_squares_f64(int64_t count, const double *input);

/// output[rows] = the first index of the largest element of each row of input[rows, columns]; a NaN counts as the
/// largest. columns ≥ 1.
void unfold_argmax_f32(int64_t rows, int64_t columns, const float *input, int32_t *output);
void unfold_argmax_f64(int64_t rows, int64_t columns, const double *input, int32_t *output);

/// Over each row of input[rows, columns], output of the same shape (may be the input): softmax and log-softmax, with
/// the row's maximum taken out first. A row with NaN or +∞ in it, or with nothing but −∞, gives NaN. The
/// vector sets sum in the lanes of unfold_reduce and multiply by the sum's reciprocal.
void unfold_softmax_f32(int64_t rows, int64_t columns, const float *input, float *output);
void unfold_softmax_f64(int64_t rows, int64_t columns, const double *input, double *output);
void unfold_log_softmax_f32(int64_t rows, int64_t columns, const float *input, float *output);
void unfold_log_softmax_f64(int64_t rows, int64_t columns, const double *input, double *output);

/// output[rows] = ln Σⱼ exp(input[i, j]); −∞ for a row without columns or of −∞ alone, +∞ for one with +∞ and no NaN.
void unfold_log_sum_exp_f32(int64_t rows, int64_t columns, const float *input, float *output);
void unfold_log_sum_exp_f64(int64_t rows, int64_t columns, const double *input, double *output);

/// The references, as plain loops.
void unfold_reduce_plain_f32(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const float *input,
                             float *output);
void unfold_reduce_plain_f64(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const double *input,
                             double *output);
void unfold_sum_of_products_plain_f32(int64_t rows, int64_t columns, const float *left, int64_t left_stride,
                                      const float *right, int64_t right_stride, const float *scale, int64_t scale_stride,
                                      float *output);
void unfold_sum_of_products_plain_f64(int64_t rows, int64_t columns, const double *left, int64_t left_stride,
                                      const double *right, int64_t right_stride, const double *scale, int64_t scale_stride,
                                      double *output);
void unfold_softmax_plain_f32(int64_t rows, int64_t columns, const float *input, float *output);
void unfold_softmax_plain_f64(int64_t rows, int64_t columns, const double *input, double *output);
void unfold_log_softmax_plain_f32(int64_t rows, int64_t columns, const float *input, float *output);
void unfold_log_softmax_plain_f64(int64_t rows, int64_t columns, const double *input, double *output);

#endif
