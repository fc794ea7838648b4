#ifndef CKERNELS_WALK_H
#define CKERNELS_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "row_product.h"
#include "tile.h"

/// Where a view's first row lies while a front is walked. A front is a run of rows of every [N, …] array. Its
/// predecessors in each slot are a run of rows of every [B + N, …] array of states, whose first B rows are the initial
/// states; or they are gathered, front by front, into memory that all fronts take in turn.
typedef enum unfold_origin {
  UNFOLD_ORIGIN_SHARED,  ///< at the base: the same for every front
  UNFOLD_ORIGIN_NODE,    ///< at the front's first node
  UNFOLD_ORIGIN_FRONT,   ///< in memory of [2, front_rows, …] that fronts take in turn
  /// in memory of [front_rows, …], at the first of a thread's rows: where the few rows of it lie that go through stages
  /// together, which then all have the same place. Only in stages without products of weights that are parted by rows,
  /// with nothing but such stages between the first that writes it and the last that reads it.
  UNFOLD_ORIGIN_PASSED_ON,
  /// at the row of the lane's sequence, which is context_rows' for each row of a front; not for products
  UNFOLD_ORIGIN_CONTEXT,
  UNFOLD_ORIGIN_BEFORE,  ///< + a slot: at the predecessor of the front's first node
} unfold_origin;

/// Element (i, j) of a front is at base + (origin + i) · row_stride + j · column_stride; column_stride is 0 or 1.
typedef struct unfold_walk_view {
  void *base;
  int64_t row_stride;
  int32_t column_stride;
  /// An unfold_origin, or UNFOLD_ORIGIN_BEFORE + a slot.
  int32_t origin;
} unfold_walk_view;

/// output[rows, columns] = or += left[rows, inner] · right.
typedef struct unfold_walk_product {
  unfold_walk_view left, output;
  /// The right operand, [inner, columns] or, transposed, [columns, inner], its rows so many elements apart. Before the
  /// walk each thread packs the columns that it will take; NULL when `packed` holds them already.
  const void *right;
  int64_t right_stride;
  bool transposed;
  /// Room for the right operand packed: unfold_packed_size, or unfold_packed_size_bf16.
  void *packed;
  int64_t inner, columns;
  bool accumulate;
  /// Whether it multiplies, or adds to, rows of the predecessors: see unfold_walk's skips_starts.
  bool of_predecessors;
  /// The unfold_bf16_parts that the operands are taken apart into, float only; 0 when they are multiplied as they are.
  int32_t bf16_parts;
} unfold_walk_product;

/// For each row output = left · right, small matrices that are rows of arrays.
typedef struct unfold_walk_row_product {
  unfold_row_product_shape shape;
  unfold_walk_view left, right, output;
} unfold_walk_row_product;

/// What is done at a front between two barriers: products, then products of rows, then an element-wise program.
typedef struct unfold_walk_stage {
  /// Where the walk is not split by rows: each thread takes a share of the front's rows, all columns, in this stage.
  /// Otherwise each takes its share of `columns` columns, the same at every front, of all rows; every product then has
  /// as many columns.
  bool by_rows;
  int64_t columns;
  int64_t product_count;
  const unfold_walk_product *products;
  /// Only in stages that are parted by rows.
  int64_t row_product_count;
  const unfold_walk_row_product *row_products;
  /// No program when it has no instructions. `views` gives where each of the program's views lies.
  unfold_tile_program tile;
  const unfold_walk_view *views;
  /// Whether a view's origin is UNFOLD_ORIGIN_CONTEXT.
  bool reads_contexts;
  /// Whether the threads wait for each other before they go on.
  bool barrier;
} unfold_walk_stage;

/// A recurrence without products, element by element: to = from · factor + addend, rounded once; without an addend
/// to = from · factor; or, where it adds, to += from · factor. Views are `columns` wide, shared ones one row for all.
typedef struct unfold_walk_scan {
  unfold_walk_view from, factor, addend, to;
  int64_t columns;
  bool has_addend, adds;
} unfold_walk_scan;

/// Rows of the predecessors in a slot, brought together for a front: gathered[i] = rows[indices[i]], i a node; or, where
/// the front adds to them, zeros before the front and rows[indices[i]] += gathered[i] after it, in the nodes' order.
typedef struct unfold_walk_gather {
  void *rows, *gathered;
  int64_t columns;
  const int32_t *indices;
  bool adds;
} unfold_walk_gather;

/// Rows of [rows, row_stride] arrays that several lanes have in common: before the walk, the first `columns` of row i
/// become those of row from[i], from[i] ≤ i.
typedef struct unfold_walk_spread {
  void *rows;
  int64_t row_stride, columns;
} unfold_walk_spread;

/// How threads share the work of a walk.
typedef enum unfold_walk_sharing {
  /// Each stage is parted as it says.
  UNFOLD_SHARE_STAGES,
  /// Each thread walks rows of its own, in all stages, and never waits. Fronts are runs of the same rows, from the first
  /// on, and rows do not mix.
  UNFOLD_SHARE_LANES,
  /// Rows are gathered; fronts of at least `whole_rows` rows are shared by rows, smaller ones stage by stage.
  UNFOLD_SHARE_FRONTS,
} unfold_walk_sharing;

enum {
  UNFOLD_WALK_VIEWS = 256,
  UNFOLD_WALK_SLOTS = 64,
  /// The most products that take a left operand together.
  UNFOLD_WALK_TOGETHER = 16,
};

typedef struct unfold_walk {
  int64_t front_count;
  /// Of each front: its number of rows and its first node.
  const int64_t *rows, *nodes;
  /// Of each slot and front the row of the first predecessor; none where rows are gathered.
  int64_t slot_count;
  const int64_t *const *before;
  int64_t gather_count;
  const unfold_walk_gather *gathers;
  /// Whether any of them adds.
  bool adds;
  /// From the last front to the first.
  bool descending;
  /// The most rows of a front.
  int64_t front_rows;
  /// For each row of a front its sequence; NULL where no stage reads contexts.
  const int32_t *context_rows;
  /// As many rows as the first front has; `from` is the same for all.
  int64_t spread_count;
  const unfold_walk_spread *spreads;
  const int32_t *spread_from;
  unfold_walk_sharing sharing;
  int64_t whole_rows;
  /// The first front's predecessors are initial states: whether its products of them are left out, because they are zero
  /// or because nobody wants to know what is added to them.
  bool skips_starts;
  /// Instead of stages, where there are any: threads share rows as lanes, or else columns.
  int64_t scan_count;
  const unfold_walk_scan *scans;
  int64_t stage_count;
  const unfold_walk_stage *stages;
  /// The most threads that are worth waking.
  int limit;
} unfold_walk;

/// Walks all fronts on the team, which is entered once. Bits do not depend on the number of threads.
void unfold_walk_f32(const unfold_walk *walk);
void unfold_walk_f64(const unfold_walk *walk);

/// Runs a program over rows 0 ..< rows, whole rows each, on the team.
void unfold_tile_rows_f32(const unfold_tile_program *program, float *const *views, int64_t rows, int64_t columns);
void unfold_tile_rows_f64(const unfold_tile_program *program, double *const *views, int64_t rows, int64_t columns);

#endif
