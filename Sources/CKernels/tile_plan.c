#include "tile_plan.h"

/// What the registers and the views of a tile should take together: a first-level cache.
#define TILE_BYTES ((int64_t)48 << 10)
/// Fewer vectors than this are not worth an instruction's fixed cost.
#define LEAST_VECTORS ((int64_t)16)
/// Nor are fewer whole rows, many of whose instructions compute one number for each: as long as their registers fit in
/// half a second-level cache.
#define LEAST_ROWS ((int64_t)16)
#define REGISTER_BYTES ((int64_t)512 << 10)
/// Each repeated value of a row is copied into a whole vector: rows take memory beside their elements.
#define MOST_ROWS ((int64_t)128)

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t greatest(int64_t a, int64_t b) { return a > b ? a : b; }

/// The largest of the parts when `count` things are cut evenly into parts of at most `most`.
static int64_t even_part(int64_t count, int64_t most) {
  int64_t parts = (count + most - 1) / most;
  return (count + parts - 1) / parts;
}

tile_plan unfold_tile_plan(const unfold_tile_program *program, int64_t rows, int64_t first, int64_t end, int64_t lanes,
                           int64_t element_bytes) {
  const int64_t columns = end - first;
  bool whole_rows = false;
  int64_t widest = 0;
  for (int64_t k = 0; k < program->instruction_count; k++) {
    unfold_tile_instruction instruction = program->instructions[k];
    whole_rows |= instruction.columns != 0 || tile_is_row_reduction(instruction.opcode);
    widest = greatest(widest, instruction.columns);
  }
  // Arrays as wide as the range, and elements of a row in the others. Whether the rows of every view lie one after the
  // other, or are all the same number: then they are one long row.
  int64_t arrays = 0, others = 0, registers = 0;
  bool is_one_run = !whole_rows;
  for (int64_t v = 0; v < program->view_count; v++) {
    unfold_tile_view view = program->views[v];
    arrays += view.column_stride;
    is_one_run &= view.row_stride == view.column_stride * columns;
  }
  for (int64_t r = 0; r < program->register_count; r++) {
    int64_t fixed = program->register_columns[r];
    arrays += fixed == 0;
    registers += fixed == 0;
    others += fixed < 2 ? fixed : tile_whole_vectors(fixed, lanes);
  }

  tile_plan plan = {.rows = rows, .first = first, .end = end};
  if (is_one_run) {
    plan.rows = 1;
    plan.end = first + rows * columns;
  }
  const int64_t elements = TILE_BYTES / element_bytes;
  plan.tile_columns = tile_whole_vectors(plan.end - first, lanes);
  plan.tile_rows = plan.rows;
  if (plan.rows > MOST_ROWS || plan.rows * (plan.tile_columns * arrays + others) > elements) {
    arrays = greatest(arrays, 1);
    int64_t most_columns = greatest(elements / arrays / lanes, LEAST_VECTORS) * lanes;
    if (!whole_rows) plan.tile_columns = tile_whole_vectors(even_part(plan.end - first, most_columns), lanes);
    int64_t most_rows = elements / (plan.tile_columns * arrays + others);
    if (whole_rows) {
      int64_t row_bytes = (plan.tile_columns * registers + others) * element_bytes;
      most_rows = greatest(most_rows, least(REGISTER_BYTES / greatest(row_bytes, 1), LEAST_ROWS));
    }
    most_rows = least(most_rows, MOST_ROWS);
    plan.tile_rows = even_part(plan.rows, greatest(most_rows, 1));
  }
  plan.widest = greatest(plan.tile_columns, tile_whole_vectors(widest, lanes));
  for (int64_t r = 0; r < program->register_count; r++) {
    int64_t fixed = program->register_columns[r];
    plan.register_elements += fixed == 1 ? tile_whole_vectors(plan.tile_rows, lanes)
                                         : plan.tile_rows * (fixed == 0 ? plan.tile_columns
                                                                        : tile_whole_vectors(fixed, lanes));
  }
  return plan;
}
