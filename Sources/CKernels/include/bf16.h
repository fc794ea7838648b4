#ifndef CKERNELS_BF16_H
#define CKERNELS_BF16_H

#include <stdbool.h>
#include <stdint.h>

#include "matmul.h"

// Products of bfloat16 operands with float sums. Both operands are given in float and rounded to bfloat16 (to nearest,
// ties to even; NaN stays NaN); products of two bfloat16 numbers are exact in float.

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

/// Elements (bfloat16, 2 bytes) that a packed [K, N] right operand takes, K = inner, N = columns: K rounded up to a
/// multiple of 32 by N rounded up to whole panels of UNFOLD_PACKED_UNIT columns.
int64_t unfold_packed_size_bf16(int64_t inner, int64_t columns);

/// Rounds and packs `right`, stored [K, N], or [N, K] when `transposed`, its rows `stride` elements apart, into
/// packed[unfold_packed_size_bf16(K, N)]. Panel p holds the columns 16p … 16p + 15; in it k goes by pairs: element k of
/// column j is at (k / 2 · 16 + j) · 2 + k mod 2. Zeros from K and from N on. The same for every unit and instruction
/// set. Aligned to 64 bytes it is read fastest.
void unfold_pack_bf16(bool transposed, int64_t inner, int64_t columns, const float *right, int64_t stride,
                      uint16_t *packed);

/// output[rows, first ..< first + count] = left[rows, K] · right[K, first ..< first + count], added to the output's old
/// values when `accumulate`, on the calling thread. `first` is a multiple of UNFOLD_PACKED_UNIT, first + count ≤ N, and
/// `output` points to column 0 of the whole product.
///
/// An element's sum starts from 0 or its old value. UNFOLD_BF16_TILES and UNFOLD_BF16_CONVERTED take in 32 steps of k at
/// a time: the sum of two chains that start from 0, one over the even k of the 32, one over the odd. These have the same
/// bits, on every instruction set. UNFOLD_BF16_PAIRS takes in one pair of products at a time, and agrees with the others
/// within rounding. (Denormal numbers: TILES and PAIRS take them for zeros, CONVERTED does not.) Under each unit an
/// element's bits do not depend on rows, columns, parts or threads.
void unfold_packed_multiply_bf16(int64_t rows, int64_t inner, const float *left, int64_t left_stride,
                                 const uint16_t *packed, int64_t columns, int64_t first, int64_t count, float *output,
                                 int64_t output_stride, bool accumulate);

/// unfold_matmul_f32 with both operands rounded: any transposition, on the team. The sums, and so the bits, are those of
/// unfold_packed_multiply_bf16. K = 0 gives zeros (or leaves the output as it is when accumulating).
void unfold_matmul_bf16(const unfold_matmul_shape *shape, const float *left, const float *right, float *output);

#endif
