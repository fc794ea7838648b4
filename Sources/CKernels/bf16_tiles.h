/// What the bfloat16 products compiled for each unit and instruction set have in common. Not part of the interface.
#ifndef CKERNELS_BF16_TILES_H
#define CKERNELS_BF16_TILES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "include/bf16.h"
#include "include/packed.h"

enum {
  /// Operands are filled up with zeros to a multiple of so many steps of k: what an AMX tile takes at once, and the
  /// unit's sums are defined by.
  BF16_STEPS = 32,
  /// Room for a left operand is for a multiple of so many rows, the rows of a tile.
  BF16_ROWS = 16,
  /// The most rows of a tile of UNFOLD_BF16_PAIRS: by two panels they take 28 of the 32 registers.
  BF16_PAIRS_HEIGHT = 14,
};

/// The order in which an element's sum takes in the products of the three parts of both operands, for each 32 steps: it
/// lets a tile keep one of the operands from each to the next. What is left out is below 2⁻²¹ of the product.
#define BF16_SPLIT_PAIRS {{0, 2}, {0, 1}, {1, 1}, {1, 0}, {0, 0}, {2, 0}}

/// A block of the product: some rows by some panels by some steps of k.
typedef struct bf16_block {
  /// `steps` is a multiple of BF16_STEPS.
  int64_t rows, steps;
  /// The bfloat16 numbers that an operand's element is the sum of. Where they are three, each 32 steps of a row or of a
  /// panel come three times, the first parts before the second and the third.
  unfold_bf16_parts parts;
  /// The rounded rows, parts · steps elements each: bfloat16, but float for UNFOLD_BF16_CONVERTED. UNFOLD_BF16_TILES has
  /// them tile by tile: 16 rows of 32 steps and one part, then the next part, then the next steps.
  const void *left;
  /// Not 0 where the left operand was rounded by bf16_round_columns: its room for rows.
  int64_t left_room;
  /// The left operand of the next block, of about as many rows, which may be brought to the cache; or NULL.
  const void *next;
  /// The first panel at the first step, and the elements from one panel to the next.
  const uint16_t *packed;
  int64_t panel;
  /// The output at the first row and column; `columns` of them are written.
  int64_t columns;
  float *output;
  int64_t output_stride;
  /// Whether the sums start from the output.
  bool add;
  /// Whether the panels come from beyond the second-level cache.
  bool is_far;
} bf16_block;

typedef void bf16_multiply(const bf16_block *block);

/// rounded[rows, parts · steps] = left[rows, inner], rounded and filled up with zeros, rows of left `stride` apart; as a
/// block has it. `steps` is `inner` rounded up to BF16_STEPS.
typedef void bf16_round(unfold_bf16_parts parts, int64_t rows, int64_t inner, int64_t steps, const float *left,
                        int64_t stride, void *rounded);

/// The same of the first `rows` columns of source[inner, …], whose rows are `stride` apart: a left operand that is stored
/// by k. rounded[steps / 2, room, 2]: pairs of steps of all rows, then the next pairs. `room` is a multiple of BF16_ROWS.
typedef void bf16_round_columns(int64_t rows, int64_t inner, int64_t steps, const float *source, int64_t stride,
                                int64_t room, void *rounded);

/// As unfold_pack_bf16, for a part of an operand; `panel` elements lie between the panels.
typedef void bf16_pack(unfold_bf16_parts parts, bool transposed, int64_t inner, int64_t columns, const float *right,
                       int64_t stride, uint16_t *packed, int64_t panel);

/// rows[count, inner] = the first `count` columns of source[inner, …], whose rows are `stride` apart: a left operand
/// that is stored by k. The rows written are `steps` apart, a multiple of BF16_STEPS; from `inner` on they hold rubbish.
typedef void bf16_gather(int64_t count, int64_t inner, const float *source, int64_t stride, float *rows,
                         int64_t steps);

#define DECLARE(set)                                \
  bf16_multiply unfold_bf16_multiply_##set##_f32;   \
  bf16_round unfold_bf16_round_##set##_f32;         \
  bf16_pack unfold_bf16_pack_##set##_f32;           \
  bf16_gather unfold_bf16_gather_##set##_f32;

DECLARE(portable)
#if defined(__aarch64__)
DECLARE(neon)
#elif defined(__x86_64__)
DECLARE(avx2)
DECLARE(avx512)

bf16_round unfold_bf16_round_pairs;
bf16_round_columns unfold_bf16_round_columns;
bf16_pack unfold_bf16_pack_pairs;
bf16_multiply unfold_bf16_multiply_pairs;
bf16_round unfold_bf16_round_tiles;
bf16_multiply unfold_bf16_multiply_tiles;
#endif

#undef DECLARE

#endif
