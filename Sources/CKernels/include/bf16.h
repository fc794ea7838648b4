#ifndef CKERNELS_BF16_H
#define CKERNELS_BF16_H

#include <stdbool.h>
#include <stdint.h>

#include "matmul.h"

// Products of bfloat16 numbers with float sums. Both operands are given in float; products of two bfloat16 numbers are
// exact in float.

/// What stands for an element of an operand.
typedef enum unfold_bf16_parts {
  /// The nearest bfloat16 number, ties to even; NaN stays NaN.
  UNFOLD_BF16_ROUNDED = 1,
  /// Three bfloat16 numbers, cut off 8 bits each: their sum is the element itself, all 24 bits of it (but what is below
  /// 2⁻¹²⁶ is lost). Of the nine products of the parts of two elements the six largest are summed; the others are below
  /// 2⁻²¹ of the whole, so that a product of matrices is as exact as one of float arithmetic (Henry, Tang and Heinecke
  /// 2019, "Leveraging the bfloat16 artificial intelligence datatype for higher-precision computations", §II,
  /// <https://arxiv.org/abs/1904.06376>). An infinity counts as NaN, and
  /// a product of two elements below about 2⁻¹⁰⁰ loses digits to denormal parts.
  UNFOLD_BF16_SPLIT = 3,
} unfold_bf16_parts;

/// What computes them.
typedef enum unfold_bf16_unit {
  /// Float arithmetic of the instruction set in use, the operands converted back on the way. On every machine.
  UNFOLD_BF16_CONVERTED = 0,
  /// AVX-512 BF16's dot products of pairs.
  UNFOLD_BF16_PAIRS = 1,
  /// AMX tiles.
  UNFOLD_BF16_TILES = 2,
} unfold_bf16_unit;

/// Whether this processor, and the operating system, let this process use `unit`.
int unfold_bf16_unit_available(unfold_bf16_unit unit);

/// The unit in use: the fastest available one, or what unfold_bf16_unit_select chose. Always UNFOLD_BF16_CONVERTED when
/// the instruction set in use is not UNFOLD_AVX512.
unfold_bf16_unit unfold_bf16_unit_current(void);

/// Uses `unit` from now on, process-wide; returns 0 and changes nothing when it is not available.
int unfold_bf16_unit_select(unfold_bf16_unit unit);

/// Whether products of split operands are this process's fastest way to multiply floats.
int unfold_bf16_split_is_fast(void);

/// Elements (bfloat16, 2 bytes) that a packed [K, N] right operand takes, K = inner, N = columns: for each part K rounded
/// up to a multiple of 32 by N rounded up to whole panels of UNFOLD_PACKED_UNIT columns.
int64_t unfold_packed_size_bf16(unfold_bf16_parts parts, int64_t inner, int64_t columns);

/// Rounds or splits, and packs, `right`, stored [K, N], or [N, K] when `transposed`, its rows `stride` elements apart, into
/// packed[unfold_packed_size_bf16(parts, K, N)]. Panel p holds the columns 16p … 16p + 15; in it k goes by pairs: element k of
/// column j is at (k / 2 · 16 + j) · 2 + k mod 2; of split operands each 32 steps come three times, part by part. Zeros
/// from K and from N on. The same for every unit and instruction set. Aligned to 64 bytes it is read fastest.
void unfold_pack_bf16(unfold_bf16_parts parts, bool transposed, int64_t inner, int64_t columns, const float *right,
                      int64_t stride, uint16_t *packed);

/// A right operand and what its product goes to.
typedef struct unfold_bf16_product {
  /// What unfold_pack_bf16 made of [K, N].
  const uint16_t *packed;
  /// Column 0 of the whole product, and the elements from one row to the next.
  float *output;
  int64_t output_stride;
  /// Adds the product to the output's old values.
  bool accumulate;
} unfold_bf16_product;

/// Of each of several products of one left operand:
/// output[rows, first ..< first + count] = or += left[rows, K] · right[K, first ..< first + count], on the calling
/// thread. `first` is a multiple of UNFOLD_PACKED_UNIT, first + count ≤ N for each.
///
/// An element's sum starts from 0 or its old value. UNFOLD_BF16_TILES and UNFOLD_BF16_CONVERTED take in 32 steps of k at
/// a time: the sum of two chains that start from 0, one over the even k of the 32, one over the odd; of split operands
/// such a sum for each of the six products of parts. These have the same bits, on every instruction set.
/// UNFOLD_BF16_PAIRS takes in one pair of products at a time, and agrees with the others within rounding; split operands
/// it leaves to CONVERTED. (Denormal numbers: TILES and PAIRS take them for zeros, CONVERTED does not.) Under each unit
/// an element's bits do not depend on rows, columns, products or threads.
void unfold_packed_multiply_bf16(unfold_bf16_parts parts, int64_t rows, int64_t inner, const float *left,
                                 int64_t left_stride, int64_t first, int64_t count, int64_t product_count,
                                 const unfold_bf16_product *products);

/// unfold_matmul_f32 with such operands: any transposition, on the team. The sums, and so the bits, are those of
/// unfold_packed_multiply_bf16. K = 0 gives zeros (or leaves the output as it is when accumulating).
void unfold_matmul_bf16(unfold_bf16_parts parts, const unfold_matmul_shape *shape, const float *left,
                        const float *right, float *output);

/// One of several right operands of the same left one, and where their product goes.
typedef struct unfold_matmul_right {
  int64_t columns;
  /// Stored as the shape says, its rows `stride` elements apart.
  const float *values;
  int64_t stride;
  /// output[M, columns], its rows `output_stride` elements apart.
  float *output;
  int64_t output_stride;
} unfold_matmul_right;

/// unfold_matmul_bf16 of each right operand, to the bit; the left one is rounded or split once for all. Of `shape` the
/// columns and the strides of right and output count for nothing.
void unfold_matmul_each_bf16(unfold_bf16_parts parts, const unfold_matmul_shape *shape, const float *left,
                             int64_t right_count, const unfold_matmul_right *rights);

#endif
