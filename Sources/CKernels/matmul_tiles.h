/// What the products compiled for each instruction set have in common. Not part of the interface.
#ifndef CKERNELS_MATMUL_TILES_H
#define CKERNELS_MATMUL_TILES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "include/matmul.h"
#include "include/packed.h"

enum {
  /// Rows whose left panels are packed at a time.
  MATMUL_BLOCK_ROWS = 1024,
  /// Steps of k between visits to the output. A tile's left panel, that deep, stays in the first-level cache while a
  /// group of columns passes by, ...
  MATMUL_BLOCK_INNER = 384,
  /// ... whose right panels stay in the second-level cache: so many bytes a step.
  MATMUL_GROUP_BYTES = 1024,

  /// Up to so many tiles down a region its rows are few: columns are taken one tile at a time, and a right operand
  /// stored by k is read where it lies.
  MATMUL_FEW_TILES = 3,
  /// The bytes of a right panel, which then stays in the first-level cache, ...
  MATMUL_RIGHT_PANEL = 24 << 10,
  /// ... the steps of k for which such columns of an operand read in place stay there ...
  MATMUL_BLOCK_INNER_FEW_ROWS = 192,
  /// ... and where a large right operand is read in place, each step is another page: half of what the first level
  /// of address translation holds.
  MATMUL_BLOCK_INNER_IN_PLACE = 48,
  /// Bytes of its row by which an operand stored by k is brought to the cache before it is packed.
  MATMUL_PACK_AHEAD = 256,
  /// Bytes from which an operand is large: it does not stay in the second-level cache.
  MATMUL_LARGE_OPERAND = 1 << 20,
};

/// A part of the output: rows row ... row + rows − 1, likewise columns.
typedef struct matmul_region {
  int64_t row, rows, column, columns;
} matmul_region;

/// The region of `member` of a team of `members`; empty when there are more members than parts. Columns are parted at
/// multiples of UNFOLD_PACKED_UNIT.
matmul_region unfold_matmul_region_of(const unfold_matmul_shape *shape, int member, int members);

/// The most threads that are worth waking.
int unfold_matmul_thread_limit(const unfold_matmul_shape *shape);

/// Computes a region of the output of `shape` on the calling thread.
typedef void matmul_region_f32(const unfold_matmul_shape *shape, matmul_region region, const float *left,
                               const float *right, float *output);
typedef void matmul_region_f64(const unfold_matmul_shape *shape, matmul_region region, const double *left,
                               const double *right, double *output);

matmul_region_f32 unfold_matmul_region_portable_f32;
matmul_region_f64 unfold_matmul_region_portable_f64;
#if defined(__aarch64__)
matmul_region_f32 unfold_matmul_region_neon_f32;
matmul_region_f64 unfold_matmul_region_neon_f64;
#elif defined(__x86_64__)
matmul_region_f32 unfold_matmul_region_avx2_f32;
matmul_region_f64 unfold_matmul_region_avx2_f64;
matmul_region_f32 unfold_matmul_region_avx512_f32;
matmul_region_f64 unfold_matmul_region_avx512_f64;
#endif

#endif
