// Products by AMX: a tile of sums takes in up to 16 rows by 32 steps of k times 32 steps by 16 columns at once.

#if defined(__x86_64__)
#include <immintrin.h>

#include "bf16_tiles.h"

enum {
  /// Rows of a tile.
  tile_rows = 16,
  /// Elements of a tile of the right operand, which lies in a panel as the unit reads it.
  right_tile = BF16_STEPS * UNFOLD_PACKED_UNIT,
  row_bytes = 64,
};

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16,avx512f"))), apply_to = function)

/// Tiles 0 … 3 hold sums, the others operands.
typedef struct configuration {
  uint8_t palette, start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} configuration;

/// Up to four panels of sums of one tile's rows: 0 1 2 3 = 4 · 5 …
static void configure_row(int64_t height) {
  configuration tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.row_bytes[i] = row_bytes;
    tiles.rows[i] = (uint8_t)(i <= 4 ? height : tile_rows);
  }
  _tile_loadconfig(&tiles);
}

/// Two panels of sums of two tiles' rows: 0 1 = 4 · 6 7, 2 3 = 5 · 6 7.
static void configure_square(int64_t upper, int64_t lower) {
  configuration tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.row_bytes[i] = row_bytes;
    tiles.rows[i] = (uint8_t)(i >= 6 ? tile_rows : i == 2 || i == 3 || i == 5 ? lower : upper);
  }
  _tile_loadconfig(&tiles);
}

// Sums start from zero or from the output.
#define START(TILE, FROM)                                                  \
  if (block->add) {                                                        \
    _tile_loadd(TILE, FROM, output_bytes);                                 \
  } else {                                                                 \
    _tile_zero(TILE);                                                      \
  }

/// `height` ≤ 16 rows by four panels.
static void multiply_row(const bf16_block *block, const uint16_t *left, const uint16_t *right, float *output) {
  const int64_t output_bytes = block->output_stride * 4, left_bytes = block->left_stride * 2;
  START(0, output)
  START(1, output + UNFOLD_PACKED_UNIT)
  START(2, output + 2 * UNFOLD_PACKED_UNIT)
  START(3, output + 3 * UNFOLD_PACKED_UNIT)
  for (int64_t k = 0; k < block->steps; k += BF16_STEPS) {
    _tile_loadd(4, left + k, left_bytes);
    _tile_loadd(5, right, row_bytes);
    _tile_dpbf16ps(0, 4, 5);
    _tile_loadd(6, right + block->panel, row_bytes);
    _tile_dpbf16ps(1, 4, 6);
    _tile_loadd(7, right + 2 * block->panel, row_bytes);
    _tile_dpbf16ps(2, 4, 7);
    _tile_loadd(5, right + 3 * block->panel, row_bytes);
    _tile_dpbf16ps(3, 4, 5);
    right += right_tile;
  }
  _tile_stored(0, output, output_bytes);
  _tile_stored(1, output + UNFOLD_PACKED_UNIT, output_bytes);
  _tile_stored(2, output + 2 * UNFOLD_PACKED_UNIT, output_bytes);
  _tile_stored(3, output + 3 * UNFOLD_PACKED_UNIT, output_bytes);
}

/// Two tiles of rows, the lower one at `lower` rows below the upper, by two panels.
static void multiply_square(const bf16_block *block, const uint16_t *left, int64_t lower, const uint16_t *right,
                            float *output) {
  const int64_t output_bytes = block->output_stride * 4, left_bytes = block->left_stride * 2;
  const uint16_t *lower_left = left + lower * block->left_stride;
  float *lower_output = output + lower * block->output_stride;
  START(0, output)
  START(1, output + UNFOLD_PACKED_UNIT)
  START(2, lower_output)
  START(3, lower_output + UNFOLD_PACKED_UNIT)
  for (int64_t k = 0; k < block->steps; k += BF16_STEPS) {
    _tile_loadd(6, right, row_bytes);
    _tile_loadd(4, left + k, left_bytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, right + block->panel, row_bytes);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, lower_left + k, left_bytes);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
    right += right_tile;
  }
  _tile_stored(0, output, output_bytes);
  _tile_stored(1, output + UNFOLD_PACKED_UNIT, output_bytes);
  _tile_stored(2, lower_output, output_bytes);
  _tile_stored(3, lower_output + UNFOLD_PACKED_UNIT, output_bytes);
}

/// One tile of rows by one panel, of which `columns` columns are the output's.
static void multiply_single(const bf16_block *block, int64_t rows, const uint16_t *left, const uint16_t *right,
                            int64_t columns, float *output) {
  const int64_t left_bytes = block->left_stride * 2;
  const size_t bytes = (size_t)columns * sizeof(float);
  float sums[tile_rows][UNFOLD_PACKED_UNIT] = {0};
  for (int64_t i = 0; block->add && i < rows; i++) memcpy(sums[i], output + i * block->output_stride, bytes);
  _tile_loadd(0, sums, row_bytes);
  for (int64_t k = 0; k < block->steps; k += BF16_STEPS) {
    _tile_loadd(4, left + k, left_bytes);
    _tile_loadd(5, right, row_bytes);
    _tile_dpbf16ps(0, 4, 5);
    right += right_tile;
  }
  _tile_stored(0, sums, row_bytes);
  for (int64_t i = 0; i < rows; i++) memcpy(output + i * block->output_stride, sums[i], bytes);
}

void unfold_bf16_multiply_tiles(const bf16_block *block) {
  const uint16_t *left = block->left;
  // Rows go by two tiles, or one where that is enough, all parts as even as whole numbers allow.
  const int64_t parts = (block->rows + 2 * tile_rows - 1) / (2 * tile_rows);
  const bool square = block->rows > tile_rows;
  const int64_t width = (square ? 2 : 4) * UNFOLD_PACKED_UNIT;
  const int64_t whole = block->columns / width * width;
  int64_t upper_now = 0, lower_now = 0;

  for (int64_t column = 0; column < whole; column += width) {
    const uint16_t *right = block->packed + column / UNFOLD_PACKED_UNIT * block->panel;
    for (int64_t part = 0; part < parts; part++) {
      const int64_t row = block->rows * part / parts;
      const int64_t rows = block->rows * (part + 1) / parts - row;
      const int64_t upper = square ? (rows + 1) / 2 : rows, lower = rows - upper;
      if (upper != upper_now || lower != lower_now) {
        if (square) {
          configure_square(upper, lower);
        } else {
          configure_row(upper);
        }
        upper_now = upper;
        lower_now = lower;
      }
      float *output = block->output + row * block->output_stride + column;
      if (square) {
        multiply_square(block, left + row * block->left_stride, upper, right, output);
      } else {
        multiply_row(block, left + row * block->left_stride, right, output);
      }
    }
  }

  const int64_t tiles = (block->rows + tile_rows - 1) / tile_rows;
  for (int64_t tile = 0; whole < block->columns && tile < tiles; tile++) {
    const int64_t row = block->rows * tile / tiles;
    const int64_t rows = block->rows * (tile + 1) / tiles - row;
    configure_row(rows);
    for (int64_t column = whole; column < block->columns; column += UNFOLD_PACKED_UNIT) {
      const int64_t rest = block->columns - column;
      multiply_single(block, rows, left + row * block->left_stride,
                      block->packed + column / UNFOLD_PACKED_UNIT * block->panel,
                      rest < UNFOLD_PACKED_UNIT ? rest : UNFOLD_PACKED_UNIT,
                      block->output + row * block->output_stride + column);
    }
  }
  _tile_release();
}

#pragma clang attribute pop
#endif
