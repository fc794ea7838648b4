#ifndef CKERNELS_LARGEST_H
#define CKERNELS_LARGEST_H

#include <stdint.h>

/// values[rows, count] and indices[rows, count] = the `count` largest elements of each row of input[rows, columns] and
/// their columns: the largest first, equal ones by their columns. NaN and −∞ are never among them; where a row has fewer
/// than `count`, −∞ and −1 follow. count ≥ 1.
///
/// Few elements of a long row are larger than the `count` largest before them, about count · ln(columns / count) where
/// their order is random: the others cost a comparison, a register of them at a time.
void unfold_largest_f32(int64_t rows, int64_t columns, int64_t count, const float *input, float *values,
                        int32_t *indices);
void unfold_largest_f64(int64_t rows, int64_t columns, int64_t count, const double *input, double *values,
                        int32_t *indices);

#endif
