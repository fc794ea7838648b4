// Products by AVX-512 BF16: each step of a vector of sums takes in two products, of the k that are pairs.

#if defined(__x86_64__)
#include <immintrin.h>

#include "bf16_tiles.h"

#define INLINE static inline __attribute__((always_inline))

enum {
  /// 14 by 2 of the 32 registers.
  accumulators = 28,
  maximum_height = 14,
};

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512bf16"))), apply_to = function)

void unfold_bf16_round_pairs(unfold_bf16_parts parts, int64_t rows, int64_t inner, int64_t steps, const float *left,
                             int64_t stride, void *rounded) {
  (void)parts;
  for (int64_t i = 0; i < rows; i++) {
    const float *from = left + i * stride;
    uint16_t *to = (uint16_t *)rounded + i * steps;
    for (int64_t k = 0; k < steps; k += 32) {
      const int64_t rest = inner - k;
      const uint32_t valid = rest >= 32 ? 0xFFFFFFFF : rest > 0 ? (1u << rest) - 1 : 0;
      const __m512 low = _mm512_maskz_loadu_ps((__mmask16)valid, from + k);
      const __m512 high = _mm512_maskz_loadu_ps((__mmask16)(valid >> 16), from + k + 16);
      _mm512_storeu_si512(to + k, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
  }
}

/// output[height, width panels] of a block from its row `row` and its panel `panel` on. `last` has the columns of the
/// last panel.
INLINE void multiply_tile(const int height, const int width, const bf16_block *block, int64_t row, int64_t panel,
                          __mmask16 last) {
  const uint32_t *left = (const uint32_t *)((const uint16_t *)block->left + row * block->steps);
  const int64_t left_stride = block->steps / 2;
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
      const __m512i a = _mm512_set1_epi32((int)left[i * left_stride]);
#pragma clang loop unroll(full)
      for (int j = 0; j < width; j++) sums[i][j] = _mm512_dpbf16_ps(sums[i][j], (__m512bh)a, (__m512bh)b[j]);
    }
    left++;
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
