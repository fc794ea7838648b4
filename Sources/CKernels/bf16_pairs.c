// Products by AVX-512 BF16: each step of a vector of sums takes in two products, of the k that are pairs.

#if defined(__x86_64__)
#include <immintrin.h>

#include "bf16_tiles.h"

#define INLINE static inline __attribute__((always_inline))

enum {
  maximum_height = BF16_PAIRS_HEIGHT,
  /// Columns by which a right operand stored by k is brought to the cache before it is packed, …
  pack_ahead = 4 * UNFOLD_PACKED_UNIT,
  /// … and rows by which a left one is before it is rounded: it lies beyond the second-level cache as often as not, and
  /// the processor does not follow it from a row to the next.
  round_ahead = 2,
};

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512bf16"))), apply_to = function)

void unfold_bf16_round_pairs(unfold_bf16_parts parts, int64_t rows, int64_t inner, int64_t steps, const float *left,
                             int64_t stride, void *rounded) {
  (void)parts;
  for (int64_t i = 0; i < rows; i++) {
    const float *from = left + i * stride;
    const float *ahead = i + round_ahead < rows ? from + round_ahead * stride : from;
    uint16_t *to = (uint16_t *)rounded + i * steps;
    for (int64_t k = 0; k < steps; k += 32) {
      const int64_t rest = inner - k;
      const uint32_t valid = rest >= 32 ? 0xFFFFFFFF : rest > 0 ? (1u << rest) - 1 : 0;
      __builtin_prefetch(ahead + k);
      __builtin_prefetch(ahead + k + 16);
      const __m512 low = _mm512_maskz_loadu_ps((__mmask16)valid, from + k);
      const __m512 high = _mm512_maskz_loadu_ps((__mmask16)(valid >> 16), from + k + 16);
      _mm512_storeu_si512(to + k, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

/// 16 columns of two rows, rounded, as pairs; the odd row may be one of zeros.
INLINE __m512i round_pair(__m512 even, __m512 odd) {
  const __m512i both = (__m512i)_mm512_cvtne2ps_pbh(odd, even);
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, both);
}

void unfold_bf16_round_columns(int64_t rows, int64_t inner, int64_t steps, const float *source, int64_t stride,
                               int64_t room, void *rounded) {
  for (int64_t k = 0; k < steps; k += 2) {
    const float *even = source + k * stride, *odd = even + stride;
    const float *ahead = k + round_ahead + 1 < inner ? even + round_ahead * stride : even;
    uint32_t *to = (uint32_t *)rounded + k / 2 * room;
    for (int64_t i = 0; i < room; i += UNFOLD_PACKED_UNIT) {
      const __mmask16 there = i >= rows ? 0 : rows - i >= 16 ? 0xFFFF : (__mmask16)((1u << (rows - i)) - 1);
      __builtin_prefetch(ahead + i);
      __builtin_prefetch(ahead + stride + i);
      const __m512 a = _mm512_maskz_loadu_ps(k < inner ? there : 0, even + i);
      const __m512 b = _mm512_maskz_loadu_ps(k + 1 < inner ? there : 0, odd + i);
      _mm512_storeu_si512(to + i, round_pair(a, b));
    }
  }
}

/// 32 steps of a panel of an operand that is stored by k: `steps` and `count` of them are there.
INLINE void pack_steps(int64_t steps, __mmask16 there, const float *from, int64_t stride, uint16_t *to) {
#pragma clang loop unroll(full)
  for (int64_t k = 0; k < BF16_STEPS; k += 2) {
    const __m512 even = _mm512_maskz_loadu_ps(k < steps ? there : 0, from + k * stride);
    const __m512 odd = _mm512_maskz_loadu_ps(k + 1 < steps ? there : 0, from + (k + 1) * stride);
    _mm512_storeu_si512(to + k * UNFOLD_PACKED_UNIT, round_pair(even, odd));
  }
}

/// The transpose of 16 by 16 words.
INLINE void transpose(__m512i words[16]) {
  __m512i parts[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) {
    parts[i] = _mm512_unpacklo_epi32(words[i], words[i + 1]);
    parts[i + 1] = _mm512_unpackhi_epi32(words[i], words[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 4) {
    words[i] = _mm512_unpacklo_epi64(parts[i], parts[i + 2]);
    words[i + 1] = _mm512_unpackhi_epi64(parts[i], parts[i + 2]);
    words[i + 2] = _mm512_unpacklo_epi64(parts[i + 1], parts[i + 3]);
    words[i + 3] = _mm512_unpackhi_epi64(parts[i + 1], parts[i + 3]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    parts[i] = _mm512_shuffle_i32x4(words[i], words[i + 4], 0x88);
    parts[i + 4] = _mm512_shuffle_i32x4(words[i], words[i + 4], 0xDD);
    parts[i + 8] = _mm512_shuffle_i32x4(words[i + 8], words[i + 12], 0x88);
    parts[i + 12] = _mm512_shuffle_i32x4(words[i + 8], words[i + 12], 0xDD);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) {
    words[i] = _mm512_shuffle_i32x4(parts[i], parts[i + 8], 0x88);
    words[i + 8] = _mm512_shuffle_i32x4(parts[i], parts[i + 8], 0xDD);
  }
}

/// The same of an operand that is stored by columns: its pairs lie side by side, and are transposed as one.
INLINE void pack_columns(int64_t steps, int64_t count, const float *from, int64_t stride, uint16_t *to) {
  const uint32_t valid = steps >= BF16_STEPS ? 0xFFFFFFFF : (1u << steps) - 1;
  __m512i words[16];
#pragma clang loop unroll(full)
  for (int64_t column = 0; column < 16; column++) {
    const uint32_t there = column < count ? valid : 0;
    const __m512 low = _mm512_maskz_loadu_ps((__mmask16)there, from + column * stride);
    const __m512 high = _mm512_maskz_loadu_ps((__mmask16)(there >> 16), from + column * stride + 16);
    words[column] = (__m512i)_mm512_cvtne2ps_pbh(high, low);
  }
  transpose(words);
#pragma clang loop unroll(full)
  for (int64_t pair = 0; pair < 16; pair++) _mm512_storeu_si512(to + pair * 2 * UNFOLD_PACKED_UNIT, words[pair]);
}

void unfold_bf16_pack_pairs(unfold_bf16_parts parts, bool transposed, int64_t inner, int64_t columns,
                            const float *right, int64_t stride, uint16_t *packed, int64_t panel) {
  (void)parts;
  const int64_t panels = (columns + UNFOLD_PACKED_UNIT - 1) / UNFOLD_PACKED_UNIT;
  const int64_t blocks = (inner + BF16_STEPS - 1) / BF16_STEPS;
  for (int64_t i = 0; i < panels * blocks; i++) {
    const int64_t column = (transposed ? i / blocks : i % panels) * UNFOLD_PACKED_UNIT;
    const int64_t k = (transposed ? i % blocks : i / panels) * BF16_STEPS;
    const int64_t steps = inner - k < BF16_STEPS ? inner - k : BF16_STEPS;
    const int64_t count = columns - column < UNFOLD_PACKED_UNIT ? columns - column : UNFOLD_PACKED_UNIT;
    uint16_t *to = packed + column / UNFOLD_PACKED_UNIT * panel + k * UNFOLD_PACKED_UNIT;
    if (transposed) {
      pack_columns(steps, count, right + column * stride + k, stride, to);
    } else {
      const float *from = right + k * stride + column;
      // As many runs as steps are more than the processor follows by itself.
      for (int64_t step = 0; columns - column > pack_ahead && step < steps; step++)
        __builtin_prefetch(from + step * stride + pack_ahead);
      pack_steps(steps, (__mmask16)((1u << count) - 1), from, stride, to);
    }
  }
}

/// output[height, width panels] of a block from its row `row` and its panel `panel` on. `last` has the columns of the
/// last panel.
INLINE void multiply_tile(const int height, const int width, const bf16_block *block, int64_t row, int64_t panel,
                          __mmask16 last) {
  const int64_t left_row = block->left_room == 0 ? block->steps / 2 : 1;
  const int64_t left_pair = block->left_room == 0 ? 1 : block->left_room;
  const uint32_t *left = (const uint32_t *)block->left + row * left_row;
  const uint16_t *right = block->packed + panel * block->panel;
  float *output = block->output + row * block->output_stride + panel * UNFOLD_PACKED_UNIT;
  __m512 sums[maximum_height][8];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      sums[i][j] = block->add ? _mm512_maskz_loadu_ps(j == width - 1 ? last : 0xFFFF,
                                                      output + i * block->output_stride + j * UNFOLD_PACKED_UNIT)
                              : _mm512_setzero_ps();
    }
  }
  for (int64_t pair = 0; pair < block->steps / 2; pair++) {
    __m512i b[8];
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) b[j] = _mm512_loadu_si512(right + j * block->panel);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      const __m512i a = _mm512_set1_epi32((int)left[i * left_row]);
#pragma clang loop unroll(full)
      for (int j = 0; j < width; j++) sums[i][j] = _mm512_dpbf16_ps(sums[i][j], (__m512bh)a, (__m512bh)b[j]);
    }
    left += left_pair;
    right += 2 * UNFOLD_PACKED_UNIT;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      _mm512_mask_storeu_ps(output + i * block->output_stride + j * UNFOLD_PACKED_UNIT,
                            j == width - 1 ? last : 0xFFFF, sums[i][j]);
    }
  }
}

typedef void tile_function(const bf16_block *block, int64_t row, int64_t panel, __mmask16 last);

#define TILE(HEIGHT, WIDTH)                                                                                         \
  static void tile_##HEIGHT##x##WIDTH(const bf16_block *block, int64_t row, int64_t panel, __mmask16 last) {        \
    multiply_tile(HEIGHT, WIDTH, block, row, panel, last);                                                          \
  }
#define TILES(HEIGHT) TILE(HEIGHT, 1) TILE(HEIGHT, 2)

TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)
TILES(13)
TILES(14)
TILE(1, 8)
TILE(2, 8)
TILE(3, 8)

#define BOTH(HEIGHT) {tile_##HEIGHT##x1, tile_##HEIGHT##x2}

/// By height (from 1) and width (1, 2).
static tile_function *const tiles[maximum_height][2] = {
    BOTH(1), BOTH(2), BOTH(3),  BOTH(4),  BOTH(5),  BOTH(6),  BOTH(7),
    BOTH(8), BOTH(9), BOTH(10), BOTH(11), BOTH(12), BOTH(13), BOTH(14),
};
/// Eight panels wide, by height: few rows need many sums to be busy.
static tile_function *const wide_tiles[3] = {tile_1x8, tile_2x8, tile_3x8};

void unfold_bf16_multiply_pairs(const bf16_block *block) {
  const int64_t panels = (block->columns + UNFOLD_PACKED_UNIT - 1) / UNFOLD_PACKED_UNIT;
  const int64_t parts = (block->rows + maximum_height - 1) / maximum_height;
  const int64_t rest = block->columns - (panels - 1) * UNFOLD_PACKED_UNIT;
  const __mmask16 end = (__mmask16)((1u << rest) - 1);
  for (int64_t panel = 0, width; panel < panels; panel += width) {
    width = block->rows <= 3 && panels - panel >= 8 ? 8 : panels - panel >= 2 ? 2 : 1;
    const __mmask16 last = panel + width == panels ? end : 0xFFFF;
    for (int64_t part = 0; part < parts; part++) {
      const int64_t row = block->rows * part / parts;
      const int64_t height = block->rows * (part + 1) / parts - row;
      (width == 8 ? wide_tiles[height - 1] : tiles[height - 1][width - 1])(block, row, panel, last);
    }
  }
}

#pragma clang attribute pop
#endif
