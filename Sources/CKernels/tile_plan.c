#include "tile_plan.h"

#include "tile_steps.h"

/// What the registers and the views of a tile should take together, of a first-level cache of 32 KiB or more.
#define TILE_BYTES ((int64_t)24 << 10)
/// Fewer vectors than this are not worth an instruction's fixed cost.
#define LEAST_VECTORS ((int64_t)16)
/// Each repeated value of a row is copied into a whole vector: rows take memory beside their elements.
#define MOST_ROWS ((int64_t)128)

/// Whether rows must stay whole.
static bool needs_whole_rows(const unfold_tile_program *program) {
  for (int64_t k = 0; k < program->instruction_count; k++)
    if (program->instructions[k].columns != 0 || tile_is_row_reduction(program->instructions[k].opcode)) return true;
  return false;
}

/// Whether the rows of every view lie one after the other, or are all the same number: then they are one long row.
static bool is_one_run(const unfold_tile_program *program, int64_t columns) {
  for (int64_t v = 0; v < program->view_count; v++)
    if (program->views[v].row_stride != (program->views[v].column_stride == 0 ? 0 : columns)) return false;
  return true;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t greatest(int64_t a, int64_t b) { return a > b ? a : b; }

/// The largest of the parts when `count` things are cut evenly into parts of at most `most`.
static int64_t even_part(int64_t count, int64_t most) {
  int64_t parts = (count + most - 1) / most;
  return (count + parts - 1) / parts;
}

tile_plan unfold_tile_plan(const unfold_tile_program *program, int64_t rows, int64_t first, int64_t end, int64_t lanes,
                           int64_t element_bytes) {
  bool whole_rows = needs_whole_rows(program);
  if (rows > 1 && !whole_rows && is_one_run(program, end - first)) {
    end = first + rows * (end - first);
    rows = 1;
  }
  tile_plan plan = {.rows = rows, .first = first, .end = end};

  // Arrays as wide as the range, and elements of a row in the others.
  int64_t arrays = 0, others = 0, columns = end - first;
  for (int64_t v = 0; v < program->view_count; v++) arrays += program->views[v].column_stride;
  for (int64_t r = 0; r < program->register_count; r++) {
    int64_t fixed = program->register_columns[r];
    if (fixed == 0)
      arrays++;
    else
      others += fixed == 1 ? 1 : tile_whole_vectors(fixed, lanes);
  }
  arrays = greatest(arrays, 1);

  int64_t elements = TILE_BYTES / element_bytes;
  int64_t most_columns = greatest(elements / arrays / lanes, LEAST_VECTORS) * lanes;
  plan.tile_columns = tile_whole_vectors(whole_rows ? columns : even_part(columns, most_columns), lanes);
  int64_t most_rows = elements / (plan.tile_columns * arrays + others);
  plan.tile_rows = even_part(rows, greatest(least(most_rows, MOST_ROWS), 1));

  plan.widest = plan.tile_columns;
  for (int64_t k = 0; k < program->instruction_count; k++)
    plan.widest = greatest(plan.widest, tile_whole_vectors(program->instructions[k].columns, lanes));
  for (int64_t r = 0; r < program->register_count; r++) {
    int64_t fixed = program->register_columns[r];
    plan.register_elements += fixed == 1 ? tile_whole_vectors(plan.tile_rows, lanes)
                                         : plan.tile_rows * (fixed == 0 ? plan.tile_columns
                                                                        : tile_whole_vectors(fixed, lanes));
  }
  return plan;
}
