/// What the products of packed right operands that are compiled for each instruction set have in common. Not part of
/// the interface.
#ifndef CKERNELS_PACKED_TILES_H
#define CKERNELS_PACKED_TILES_H

#include <stdbool.h>
#include <stdint.h>

#include "include/packed.h"

enum {
  /// Steps of k by which panels are brought to the first-level cache ahead of their use.
  PACKED_AHEAD = 8,
  /// The most rows that take a panel one after the other before the next panel's turn: their part of the left operand
  /// should stay in the second-level cache.
  PACKED_BLOCK_ROWS = 128,
  /// With several tiles down a block of rows: the bytes of a block of k of the panels under a tile, which stay in the
  /// first-level cache from tile to tile.
  PACKED_BLOCK_BYTES = 24 << 10,
  /// The most rows of the left operand that are brought to the cache before they are read.
  FETCHED_ROWS = 2,
};

/// Elements from one panel to the next: an odd number of lines of 64 bytes or of pairs of them. A tile reads panels side by
/// side, and with a power of two between them all of its lines would compete for a few places in the first-level cache.
static inline int64_t packed_panel(int64_t inner) { return UNFOLD_PACKED_UNIT * (inner | 1); }

typedef void packed_pack_f32(bool transposed, int64_t inner, int64_t columns, const float *right, int64_t stride,
                             float *packed);
typedef void packed_pack_f64(bool transposed, int64_t inner, int64_t columns, const double *right, int64_t stride,
                             double *packed);

/// What unfold_packed_multiply is asked for, sizes and columns checked to be at least 1.
typedef struct packed_product_f32 {
  int64_t rows, inner;
  const float *left;
  int64_t left_stride;
  const float *packed;
  int64_t first, count;
  float *output;
  int64_t output_stride;
  bool accumulate;
} packed_product_f32;

typedef struct packed_product_f64 {
  int64_t rows, inner;
  const double *left;
  int64_t left_stride;
  const double *packed;
  int64_t first, count;
  double *output;
  int64_t output_stride;
  bool accumulate;
} packed_product_f64;

typedef void packed_multiply_f32(const packed_product_f32 *product);
typedef void packed_multiply_f64(const packed_product_f64 *product);

#define DECLARE(set)                                   \
  packed_pack_f32 unfold_pack_##set##_f32;             \
  packed_pack_f64 unfold_pack_##set##_f64;             \
  packed_multiply_f32 unfold_packed_multiply_##set##_f32; \
  packed_multiply_f64 unfold_packed_multiply_##set##_f64;

DECLARE(portable)
#if defined(__aarch64__)
DECLARE(neon)
#elif defined(__x86_64__)
DECLARE(avx2)
DECLARE(avx512)
#endif

#undef DECLARE

#endif
