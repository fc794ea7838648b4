// Products by AMX: a tile of sums takes in up to 16 rows by 32 steps of k times 32 steps by 16 columns at once.

#if defined(__x86_64__)
#include <immintrin.h>

#include "bf16_tiles.h"

#define INLINE static inline __attribute__((always_inline))

enum {
  /// Rows of a tile.
  tile_rows = BF16_ROWS,
  /// Elements of a tile of the left operand, …
  left_tile = tile_rows * BF16_STEPS,
  /// … and of the right one, which lies in a panel as the unit reads it.
  right_tile = BF16_STEPS * UNFOLD_PACKED_UNIT,
  row_bytes = 64,
  /// Tiles of a right panel by which it is fetched ahead.
  fetched_tiles = 6,
};

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512bf16"))), apply_to = function)

/// The upper halves of 32 floats, in order.
INLINE __m512i upper_halves(__m512 low, __m512 high) {
  const __m512i odd = _mm512_set_epi16(63, 61, 59, 57, 55, 53, 51, 49, 47, 45, 43, 41, 39, 37, 35, 33, 31, 29, 27, 25, 23,
                                       21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
  return _mm512_permutex2var_epi16((__m512i)low, odd, (__m512i)high);
}

/// What is left of a float without its first 8 bits.
INLINE __m512 without_upper_half(__m512 value) {
  return _mm512_sub_ps(value, (__m512)_mm512_and_si512((__m512i)value, _mm512_set1_epi32((int)0xFFFF0000)));
}

void unfold_bf16_round_tiles(unfold_bf16_parts parts, int64_t rows, int64_t inner, int64_t steps, const float *left,
                             int64_t stride, void *rounded) {
  for (int64_t i = 0; i < rows; i++) {
    const float *from = left + i * stride;
    uint16_t *to = (uint16_t *)rounded + i / tile_rows * (parts * steps * tile_rows) + i % tile_rows * BF16_STEPS;
    for (int64_t k = 0; k < steps; k += BF16_STEPS, to += parts * left_tile) {
      const int64_t rest = inner - k;
      const uint32_t valid = rest >= 32 ? 0xFFFFFFFF : (1u << rest) - 1;
      __m512 low = _mm512_maskz_loadu_ps((__mmask16)valid, from + k);
      __m512 high = _mm512_maskz_loadu_ps((__mmask16)(valid >> 16), from + k + 16);
      if (parts == UNFOLD_BF16_ROUNDED) {
        _mm512_storeu_si512(to, (__m512i)_mm512_cvtne2ps_pbh(high, low));
        continue;
      }
      for (int part = 0; part < 3; part++) {
        _mm512_storeu_si512(to + part * left_tile, upper_halves(low, high));
        low = without_upper_half(low);
        high = without_upper_half(high);
      }
    }
  }
}

/// Tiles 0 … 3 hold sums, the others operands.
typedef struct configuration {
  uint8_t palette, start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} configuration;

/// Up to four panels of sums of one tile's rows, `height` of them. Left: 4 5, right: 6 7; of operands in one part
/// left: 4, right: 5 6 7.
static void configure_row(unfold_bf16_parts parts, int64_t height) {
  const int lefts = parts == UNFOLD_BF16_SPLIT ? 6 : 5;
  configuration tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.row_bytes[i] = row_bytes;
    tiles.rows[i] = (uint8_t)(i < lefts ? height : tile_rows);
  }
  _tile_loadconfig(&tiles);
}

/// Up to two panels of sums of two tiles' rows: 0 1 = 4 · 6 7, 2 3 = 5 · 6 7.
static void configure_square(int64_t upper, int64_t lower) {
  configuration tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.row_bytes[i] = row_bytes;
    tiles.rows[i] = (uint8_t)(i >= 6 ? tile_rows : i == 2 || i == 3 || i == 5 ? lower : upper);
  }
  _tile_loadconfig(&tiles);
}

/// Where a group of tiles' sums start and go to, and its operands.
typedef struct group {
  /// The upper tile's rows, and elements to the lower one's.
  const uint16_t *left;
  int64_t lower_left, lower_output;
  const uint16_t *right;
  int64_t panel;
  float *output;
  int64_t output_bytes;
  bool add, is_far;
  /// What comes next, of which `fetched` lines are brought to the second-level cache every 32 steps; or NULL.
  const char *next;
  int64_t fetched;
} group;

// A tile's number must be a constant of the instruction.
#define START(TILE, FROM)                     \
  if (group->add) {                           \
    _tile_loadd(TILE, FROM, group->output_bytes); \
  } else {                                    \
    _tile_zero(TILE);                         \
  }
#define STORE(TILE, TO) _tile_stored(TILE, TO, group->output_bytes);
#define LEFT(TILE, FROM) _tile_loadd(TILE, FROM, row_bytes);
#define RIGHT(TILE, FROM) _tile_loadd(TILE, FROM, row_bytes);

/// Brings what will be written to the cache, two panels' columns: tiles are stored line by line, and wait for each.
INLINE void expect(const float *output, const group *group, int64_t rows) {
  for (int64_t i = 0; i < rows && !group->add; i++) {
    const char *row = (const char *)output + i * group->output_bytes;
    __builtin_prefetch(row, 1);
    __builtin_prefetch(row + row_bytes, 1);
  }
}

/// Brings a tile that follows in a panel by some steps to the first-level cache, where the panel is far: it lies beyond
/// what the processor fetches by itself in time.
INLINE void fetch(const group *group, const uint16_t *tile) {
  const char *from = (const char *)(tile + fetched_tiles * right_tile);
  for (int i = 0; group->is_far && i < tile_rows; i++) __builtin_prefetch(from + i * row_bytes);
}

/// One tile's rows by `width` ≤ 4 panels.
INLINE void multiply_row(const int width, const unfold_bf16_parts parts, int64_t steps, const group *group) {
  const uint16_t *left = group->left, *right = group->right;
  const int64_t panel = group->panel;
  float *output = group->output;
#define EACH_PANEL(DO)             \
  DO(0)                            \
  if (width > 1) { DO(1) }         \
  if (width > 2) { DO(2) }         \
  if (width > 3) { DO(3) }
#define START_PANEL(J) START(J, output + J * UNFOLD_PACKED_UNIT)
  EACH_PANEL(START_PANEL)
  for (int64_t k = 0; k < steps; k += BF16_STEPS) {
    LEFT(4, left)
    if (parts == UNFOLD_BF16_ROUNDED) {
      RIGHT(5, right)
      _tile_dpbf16ps(0, 4, 5);
      if (width > 1) { RIGHT(6, right + panel) _tile_dpbf16ps(1, 4, 6); }
      if (width > 2) { RIGHT(7, right + 2 * panel) _tile_dpbf16ps(2, 4, 7); }
      if (width > 3) { RIGHT(5, right + 3 * panel) _tile_dpbf16ps(3, 4, 5); }
    } else {
      // In the order of BF16_SPLIT_PAIRS, two panels at a time: a sum waits for what it took in last.
      LEFT(5, left + left_tile)
#define RIGHT_PART(J, TILE, PART)                  \
  RIGHT(TILE, right + J * panel + PART * right_tile) \
  fetch(group, right + J * panel + PART * right_tile);
#define PAIR(I, J, PART)                \
  if (width > I) { RIGHT_PART(I, 6, PART) } \
  if (width > J) { RIGHT_PART(J, 7, PART) }
#define MULTIPLY_PAIR(I, J, LEFT_TILE)              \
  if (width > I) _tile_dpbf16ps(I, LEFT_TILE, 6);   \
  if (width > J) _tile_dpbf16ps(J, LEFT_TILE, 7);
#define THIRD_PART(I, J) PAIR(I, J, 2) MULTIPLY_PAIR(I, J, 4)
#define SECOND_PART(I, J) PAIR(I, J, 1) MULTIPLY_PAIR(I, J, 4) MULTIPLY_PAIR(I, J, 5)
#define FIRST_PART(I, J)                                                     \
  PAIR(I, J, 0) MULTIPLY_PAIR(I, J, 5) MULTIPLY_PAIR(I, J, 4)                \
  LEFT(5, left + 2 * left_tile) MULTIPLY_PAIR(I, J, 5)
      THIRD_PART(0, 1)
      if (width > 2) { THIRD_PART(2, 3) }
      SECOND_PART(0, 1)
      if (width > 2) { SECOND_PART(2, 3) }
      FIRST_PART(0, 1)
      if (width > 2) { LEFT(5, left + left_tile) FIRST_PART(2, 3) }
    }
    left += parts * left_tile;
    right += parts * right_tile;
  }
#define STORE_PANEL(J) STORE(J, output + J * UNFOLD_PACKED_UNIT)
  EACH_PANEL(STORE_PANEL)
}

/// Two tiles of rows by `width` ≤ 2 panels.
INLINE void multiply_square(const int width, const unfold_bf16_parts parts, int64_t steps, const group *group) {
  const uint16_t *upper = group->left, *lower = upper + group->lower_left;
  const uint16_t *right = group->right, *next = right + group->panel;
  float *output = group->output, *lower_output = output + group->lower_output;
  const char *ahead = group->next;
  expect(output, group, tile_rows);
  expect(lower_output, group, tile_rows);
  START(0, output)
  START(2, lower_output)
  if (width > 1) {
    START(1, output + UNFOLD_PACKED_UNIT)
    START(3, lower_output + UNFOLD_PACKED_UNIT)
  }
#define UPPER(PART) LEFT(4, upper + PART * left_tile)
#define LOWER(PART) LEFT(5, lower + PART * left_tile)
#define FIRST(PART) RIGHT(6, right + PART * right_tile)
#define SECOND(PART) if (width > 1) { RIGHT(7, next + PART * right_tile) }
#define MULTIPLY_UPPER _tile_dpbf16ps(0, 4, 6); if (width > 1) _tile_dpbf16ps(1, 4, 7);
#define MULTIPLY_LOWER _tile_dpbf16ps(2, 5, 6); if (width > 1) _tile_dpbf16ps(3, 5, 7);
  for (int64_t k = 0; k < steps; k += BF16_STEPS) {
    if (parts == UNFOLD_BF16_ROUNDED) {
      FIRST(0) UPPER(0) SECOND(0) MULTIPLY_UPPER LOWER(0) MULTIPLY_LOWER
    } else {
      // In the order of BF16_SPLIT_PAIRS.
      UPPER(0) FIRST(2) SECOND(2) MULTIPLY_UPPER fetch(group, right); LOWER(0) MULTIPLY_LOWER
      FIRST(1) SECOND(1) MULTIPLY_UPPER fetch(group, right + right_tile); MULTIPLY_LOWER
      UPPER(1) MULTIPLY_UPPER fetch(group, right + 2 * right_tile); LOWER(1) MULTIPLY_LOWER
      FIRST(0) SECOND(0) MULTIPLY_UPPER fetch(group, next); MULTIPLY_LOWER
      UPPER(0) MULTIPLY_UPPER fetch(group, next + right_tile); LOWER(0) MULTIPLY_LOWER
      UPPER(2) MULTIPLY_UPPER fetch(group, next + 2 * right_tile); LOWER(2) MULTIPLY_LOWER
    }
    if (ahead != NULL) {
      for (int64_t i = 0; i < group->fetched; i++, ahead += row_bytes) __builtin_prefetch(ahead, 0, 2);
    }
    upper += parts * left_tile;
    lower += parts * left_tile;
    right += parts * right_tile;
    next += parts * right_tile;
  }
  STORE(0, output)
  STORE(2, lower_output)
  if (width > 1) {
    STORE(1, output + UNFOLD_PACKED_UNIT)
    STORE(3, lower_output + UNFOLD_PACKED_UNIT)
  }
}

typedef void group_function(int64_t steps, const group *group);

#define GROUP(KIND, WIDTH, NAME, PARTS)                                      \
  static void NAME##_##KIND##_##WIDTH(int64_t steps, const group *group) {   \
    multiply_##KIND(WIDTH, PARTS, steps, group);                             \
  }
#define GROUPS(NAME, PARTS)                                                  \
  GROUP(row, 1, NAME, PARTS) GROUP(row, 2, NAME, PARTS) GROUP(row, 3, NAME, PARTS) GROUP(row, 4, NAME, PARTS) \
  GROUP(square, 1, NAME, PARTS) GROUP(square, 2, NAME, PARTS)

GROUPS(rounded, UNFOLD_BF16_ROUNDED)
GROUPS(split, UNFOLD_BF16_SPLIT)

/// By width, from 1.
static group_function *const rows_of[2][4] = {{rounded_row_1, rounded_row_2, rounded_row_3, rounded_row_4},
                                              {split_row_1, split_row_2, split_row_3, split_row_4}};
static group_function *const squares_of[2][2] = {{rounded_square_1, rounded_square_2},
                                                 {split_square_1, split_square_2}};

/// A group whose last panel has columns that the output has not: `columns` of it are the output's.
static void multiply_edge(group_function *function, int64_t steps, group group, int64_t upper, int64_t lower,
                          int64_t columns) {
  float sums[2 * tile_rows][4 * UNFOLD_PACKED_UNIT];
  const size_t bytes = (size_t)columns * sizeof(float);
  float *const output = group.output;
  const int64_t stride = group.output_bytes / (int64_t)sizeof(float);
  for (int64_t i = 0; group.add && i < upper + lower; i++) {
    memset(sums[i], 0, sizeof sums[i]);
    memcpy(sums[i], output + i * stride, bytes);
  }
  group.output = sums[0];
  group.output_bytes = sizeof sums[0];
  group.lower_output = upper * 4 * UNFOLD_PACKED_UNIT;
  function(steps, &group);
  for (int64_t i = 0; i < upper + lower; i++) memcpy(output + i * stride, sums[i], bytes);
}

/// Four panels by all rows: squares of two tiles' rows, then the rows of what tile may be left.
static void multiply_panels(const bf16_block *block, int64_t first, int64_t panels, int64_t *configured) {
  const int kind = block->parts == UNFOLD_BF16_SPLIT;
  const int64_t tile_elements = block->parts * block->steps * tile_rows;
  // The squares of these rows share the fetching of the next ones.
  const int64_t squares = (block->columns + 2 * UNFOLD_PACKED_UNIT - 1) / (2 * UNFOLD_PACKED_UNIT);
  const int64_t fetched = 2 * tile_rows * block->parts / squares + 1;
  int64_t width;
  for (int64_t row = 0, rows; row < block->rows; row += rows) {
    const bool square = block->rows - row > tile_rows;
    rows = square ? 2 * tile_rows : tile_rows;
    if (rows > block->rows - row) rows = block->rows - row;
    const int64_t upper = rows < tile_rows ? rows : tile_rows, lower = rows - upper;
    // Rows of one tile and of two are told apart by their number.
    if (*configured != rows) {
      if (square) {
        configure_square(upper, lower);
      } else {
        configure_row(block->parts, upper);
      }
      *configured = rows;
    }
    for (int64_t panel = first; panel < first + panels; panel += width) {
      width = square && first + panels - panel > 2 ? 2 : first + panels - panel;
      const int64_t column = panel * UNFOLD_PACKED_UNIT, columns = block->columns - column;
      group_function *function = square ? squares_of[kind][width - 1] : rows_of[kind][width - 1];
      const group group = {
          .left = (const uint16_t *)block->left + row / tile_rows * tile_elements,
          .lower_left = tile_elements,
          .lower_output = tile_rows * block->output_stride,
          .right = block->packed + panel * block->panel,
          .panel = block->panel,
          .output = block->output + row * block->output_stride + column,
          .output_bytes = block->output_stride * (int64_t)sizeof(float),
          .add = block->add,
          .is_far = block->is_far && row == 0,
          .next = block->next == NULL || !square
                      ? NULL
                      : (const char *)block->next + panel / 2 * (block->steps / BF16_STEPS * fetched * row_bytes),
          .fetched = fetched,
      };
      if (columns < width * UNFOLD_PACKED_UNIT) {
        multiply_edge(function, block->steps, group, upper, lower, columns);
      } else {
        function(block->steps, &group);
      }
    }
  }
}

void unfold_bf16_multiply_tiles(const bf16_block *block) {
  const int64_t panels = (block->columns + UNFOLD_PACKED_UNIT - 1) / UNFOLD_PACKED_UNIT;
  int64_t configured = 0;
  for (int64_t panel = 0; panel < panels; panel += 4) {
    multiply_panels(block, panel, panels - panel < 4 ? panels - panel : 4, &configured);
  }
  _tile_release();
}

#pragma clang attribute pop
#endif
