#include "include/matmul.h"

#include <string.h>

#include "include/instruction_set.h"
#include "include/team.h"
#include "matmul_tiles.h"

enum {
  /// Multiply-adds a thread: with fewer, handing out the work costs more than sharing it saves.
  multiply_adds_per_thread = 1 << 17,
  /// Threads part the columns at multiples of this, a vector of the widest set.
  column_unit = 16,
};

/// How `members` threads part the output: `rows` by `columns` regions.
typedef struct grid {
  int rows, columns;
} grid;

static int64_t divide_up(int64_t value, int64_t by) {
  return (value + by - 1) / by;
}

/// The grid of exactly `members` regions whose largest takes least: its multiply-adds, and packing both operands'
/// parts, which every region does anew (counted as a few vectors of multiply-adds for each vector packed).
static grid plan_grid(const unfold_matmul_shape *shape, int members) {
  const int64_t packing = 3;
  int64_t units = divide_up(shape->columns, column_unit);
  grid best = {1, members};
  int64_t least = INT64_MAX;
  for (int rows = 1; rows <= members; rows++) {
    if (members % rows != 0) continue;
    int64_t height = divide_up(shape->rows, rows);
    int64_t width = divide_up(units, members / rows);
    int64_t cost = height * width + packing * (height / column_unit + width);
    if (cost < least) {
      least = cost;
      best = (grid){rows, members / rows};
    }
  }
  return best;
}

matmul_region unfold_matmul_region_of(const unfold_matmul_shape *shape, int member, int members) {
  grid grid = plan_grid(shape, members);
  int64_t row_part = member / grid.columns, column_part = member % grid.columns;
  int64_t units = divide_up(shape->columns, column_unit);

  int64_t row = shape->rows * row_part / grid.rows;
  int64_t row_end = shape->rows * (row_part + 1) / grid.rows;
  int64_t column = units * column_part / grid.columns * column_unit;
  int64_t column_end = units * (column_part + 1) / grid.columns * column_unit;
  if (column_end > shape->columns) column_end = shape->columns;
  return (matmul_region){row, row_end - row, column, column_end - column};
}

int unfold_matmul_thread_limit(const unfold_matmul_shape *shape) {
  double work = (double)shape->rows * (double)shape->columns * (double)shape->inner / multiply_adds_per_thread;
  return work < 1 ? 1 : work > 1024 ? 1024 : (int)work;
}

#define SCALAR float
#define NAMED(name) name##_f32
#include "matmul_dispatch.inc"

#define SCALAR double
#define NAMED(name) name##_f64
#include "matmul_dispatch.inc"
