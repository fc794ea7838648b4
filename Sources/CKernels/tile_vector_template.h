// The tile programs of one instruction set and width. Registers are padded to whole vectors, so that passes between
// registers have no remainders; what their last lanes hold is nobody's.

#include "vector.h"
#include "vector_math.h"
#include "vector_functions.h"
#include "vector_part.h"
#include "vector_reduce.h"

/// An operand's part in a tile: element (i, j) is at first + i·row + j·step, step 0 or 1.
typedef struct SIMD(tile_block) {
  REAL *first;
  int64_t row, step;
  bool padded;  ///< a register as wide as the instruction: whole vectors may be read and written
} SIMD(tile_block);

/// A call, and the tile it is at.
typedef struct SIMD(tile_frame) {
  const unfold_tile_program *program;
  REAL *const *views;
  tile_plan plan;
  int64_t *offsets;  ///< of each register in `registers`
  REAL *registers;
  REAL *spare;       ///< 4 areas of spare_elements: copies of operands that do not lie as a pass needs them
  int64_t spare_elements;
  int64_t row, rows, column, columns;
} SIMD(tile_frame);

/// One instruction's pass over a tile.
typedef struct SIMD(tile_pass) {
  int64_t rows, columns;
  SIMD(tile_block) output, operands[3];
} SIMD(tile_pass);

/// The block of an operand from column `column` of its view.
INLINE SIMD(tile_block) SIMD(tile_operand)(const SIMD(tile_frame) *frame, unfold_tile_operand operand, int64_t column) {
  if (operand < 0) {
    int64_t number = -1 - operand;
    unfold_tile_view view = frame->program->views[number];
    return (SIMD(tile_block)){frame->views[number] + frame->row * view.row_stride + column * view.column_stride,
                              view.row_stride, view.column_stride, false};
  }
  int64_t fixed = frame->program->register_columns[operand];
  REAL *first = frame->registers + frame->offsets[operand];
  if (fixed == 1) return (SIMD(tile_block)){first, 1, 0, false};
  return (SIMD(tile_block)){first, fixed == 0 ? frame->plan.tile_columns : tile_whole_vectors(fixed, LANES), 1, true};
}

/// A repeated value becomes a vector of it, a row's own when rows differ: passes then read vectors only.
INLINE void SIMD(tile_repeat)(SIMD(tile_block) *block, int64_t rows, REAL *spare) {
  if (block->step != 0) return;
  bool one = rows == 1 || block->row == 0;
  for (int64_t i = 0; i < (one ? 1 : rows); i++) SIMD(store)(spare + i * LANES, (VECTOR)block->first[i * block->row]);
  block->first = spare;
  block->row = one ? 0 : LANES;
}

INLINE VECTOR SIMD(power)(VECTOR x, VECTOR y) {
  for (int64_t lane = 0; lane < LANES; lane++) x[lane] = MATH(pow)(x[lane], y[lane]);
  return x;
}

/// Runs one element-wise pass; the steps of `pass` are all 1, but for operands that are repeated vectors.
static void SIMD(tile_compute)(int opcode, const SIMD(tile_pass) *pass) {
  const int64_t rows = pass->rows, columns = pass->columns;
  const SIMD(tile_block) output = pass->output, a = pass->operands[0], b = pass->operands[1], c = pass->operands[2];
  const VECTOR one = 1, zero = 0;
  (void)one, (void)zero;
#define ROWS(WHOLE, PART, expression)                                          \
  for (int64_t i = 0; i < rows; i++) {                                         \
    const REAL *row_a = a.first + i * a.row, *row_b = b.first + i * b.row;     \
    const REAL *row_c = c.first + i * c.row;                                   \
    REAL *row_output = output.first + i * output.row;                          \
    (void)row_b, (void)row_c;                                                  \
    int64_t j = 0;                                                             \
    for (; j + LANES <= columns; j += LANES) {                                 \
      WHOLE;                                                                   \
      SIMD(store)(row_output + j, expression);                                 \
    }                                                                          \
    if (j < columns) {                                                         \
      int64_t rest = columns - j;                                              \
      PART;                                                                    \
      VECTOR result = expression;                                              \
      if (output.padded)                                                       \
        SIMD(store)(row_output + j, result);                                   \
      else                                                                     \
        SIMD(store_part)(row_output + j, result, rest);                        \
    }                                                                          \
  }
#define X SIMD(load)(row_a + j * a.step)
#define Y SIMD(load)(row_b + j * b.step)
#define Z SIMD(load)(row_c + j * c.step)
#define X_PART SIMD(load_part)(row_a + j * a.step, rest)
#define Y_PART SIMD(load_part)(row_b + j * b.step, rest)
#define Z_PART SIMD(load_part)(row_c + j * c.step, rest)
#define UNARY(expression) ROWS(VECTOR x = X, VECTOR x = X_PART, expression)
#define BINARY(expression)                                                                                   \
  if (a.step == 1 && b.step == 1) {                                                                          \
    ROWS(VECTOR x = SIMD(load)(row_a + j); VECTOR y = SIMD(load)(row_b + j), VECTOR x = X_PART;              \
         VECTOR y = Y_PART, expression)                                                                      \
  } else {                                                                                                   \
    ROWS(VECTOR x = X; VECTOR y = Y, VECTOR x = X_PART; VECTOR y = Y_PART, expression)                       \
  }
#define TERNARY(expression)                                                                          \
  ROWS(VECTOR x = X; VECTOR y = Y; VECTOR z = Z, VECTOR x = X_PART; VECTOR y = Y_PART; VECTOR z = Z_PART, \
       expression)
#define UNARY_CASE(name, expression) \
  case UNFOLD_TILE_UNARY + name:     \
    UNARY(expression)                \
    return;
#define BINARY_CASE(name, expression) \
  case UNFOLD_TILE_BINARY + name:     \
    BINARY(expression)                \
    return;
  switch (opcode) {
    EACH_UNARY(UNARY_CASE)
    EACH_ARITHMETIC_BINARY(BINARY_CASE)
  case UNFOLD_TILE_BINARY + UNFOLD_POWER:
    BINARY(SIMD(power)(x, y))
    return;
  case UNFOLD_TILE_COPY:
    UNARY(x)
    return;
  case UNFOLD_TILE_SELECT:
    TERNARY(x != 0 ? y : z)
    return;
  case UNFOLD_TILE_MULTIPLY_ADD:
    TERNARY(SIMD(fused)(x, y, z))
    return;
  }
#undef ROWS
#undef X
#undef Y
#undef Z
#undef X_PART
#undef Y_PART
#undef Z_PART
#undef UNARY
#undef BINARY
#undef TERNARY
#undef UNARY_CASE
#undef BINARY_CASE
}

static void SIMD(tile_reduce)(const SIMD(tile_frame) *frame, int opcode, SIMD(tile_block) output, SIMD(tile_block) a,
                              int64_t columns) {
  for (int64_t i = 0; i < frame->rows; i++) {
    const REAL *row = a.first + i * a.row;
    if (a.step == 0) {
      for (int64_t j = 0; j < columns; j++) frame->spare[j] = row[0];
      row = frame->spare;
    }
    REAL *result = output.first + i * output.row;
    if (opcode == UNFOLD_TILE_ROW_SUM)
      *result = SIMD(reduce_row)(UNFOLD_SUM, columns, row);
    else if (opcode == UNFOLD_TILE_ROW_MAX)
      *result = SIMD(reduce_row)(UNFOLD_MAX, columns, row);
    else
      *result = SIMD(reduce_row)(UNFOLD_MIN, columns, row);
  }
}

/// A pass with one value a row runs down the rows as if they were columns, its operands made dense where they are not.
static void SIMD(tile_one_column)(const SIMD(tile_frame) *frame, int opcode, int count, SIMD(tile_pass) *pass) {
  int64_t rows = frame->rows;
  for (int k = 0; k < count; k++) {
    SIMD(tile_block) *block = &pass->operands[k];
    REAL *spare = frame->spare + k * frame->spare_elements;
    if (block->row == 1) {
      block->step = 1;
    } else if (block->row == 0) {
      block->step = 0;
      SIMD(tile_repeat)(block, 1, spare);
    } else {
      for (int64_t i = 0; i < rows; i++) spare[i] = block->first[i * block->row];
      *block = (SIMD(tile_block)){spare, 0, 1, false};
    }
  }
  SIMD(tile_block) target = pass->output;
  if (target.row != 1) pass->output.first = frame->spare + 3 * frame->spare_elements;
  pass->output.padded = false;
  pass->rows = 1;
  pass->columns = rows;
  SIMD(tile_compute)(opcode, pass);
  if (target.row != 1)
    for (int64_t i = 0; i < rows; i++) target.first[i * target.row] = pass->output.first[i];
}

/// Where every operand is padded or repeated there is no remainder, and where rows follow each other they are one.
INLINE void SIMD(tile_join_rows)(int count, SIMD(tile_pass) *pass) {
  int64_t whole = tile_whole_vectors(pass->columns, LANES);
  bool padded = pass->output.padded, joined = pass->output.row == whole;
  for (int k = 0; k < count; k++) {
    const SIMD(tile_block) *block = &pass->operands[k];
    padded &= block->padded || block->step == 0;
    joined &= block->row == block->step * whole;
  }
  if (padded) pass->columns = whole;
  if (!joined || pass->columns != whole) return;
  pass->columns *= pass->rows;
  pass->rows = 1;
}

static void SIMD(tile_instruction)(const SIMD(tile_frame) *frame, unfold_tile_instruction instruction) {
  int opcode = instruction.opcode, count = tile_operand_count(opcode);
  int64_t column = instruction.columns == 0 ? frame->column : 0;
  int64_t columns = instruction.columns == 0 ? frame->columns : instruction.columns;
  SIMD(tile_pass) pass = {.rows = frame->rows, .columns = columns};
  pass.output = SIMD(tile_operand)(frame, instruction.output, tile_is_row_reduction(opcode) ? 0 : column);
  pass.operands[0] = SIMD(tile_operand)(frame, instruction.a, column);
  if (tile_is_row_reduction(opcode)) {
    SIMD(tile_reduce)(frame, opcode, pass.output, pass.operands[0], columns);
    return;
  }
  if (count > 1) pass.operands[1] = SIMD(tile_operand)(frame, instruction.b, column);
  if (count > 2) pass.operands[2] = SIMD(tile_operand)(frame, instruction.c, column);
  if (opcode == UNFOLD_TILE_ADD_TO) {
    opcode = UNFOLD_TILE_BINARY + UNFOLD_ADD;
    count = 2;
    pass.operands[1] = pass.operands[0];
    pass.operands[0] = pass.output;
  }
  if (instruction.columns == 1) {
    SIMD(tile_one_column)(frame, opcode, count, &pass);
    return;
  }
  for (int k = 0; k < count; k++)
    SIMD(tile_repeat)(&pass.operands[k], pass.rows, frame->spare + k * frame->spare_elements);
  SIMD(tile_join_rows)(count, &pass);
  SIMD(tile_compute)(opcode, &pass);
}

static int64_t SIMD(tile_smaller)(int64_t a, int64_t b) { return a < b ? a : b; }

static void SIMD(tile_run)(const unfold_tile_program *program, REAL *const *views, int64_t rows, int64_t first,
                           int64_t end) {
  SIMD(tile_frame) frame = {.program = program, .views = views};
  frame.plan = unfold_tile_plan(program, rows, first, end, LANES, sizeof(REAL));
  const tile_plan *plan = &frame.plan;
  frame.spare_elements = plan->tile_rows * LANES > plan->widest ? plan->tile_rows * LANES : plan->widest;

  int64_t elements = plan->register_elements + 4 * frame.spare_elements;
  size_t bytes = (size_t)elements * sizeof(REAL);
  frame.registers = unfold_scratch(bytes + (size_t)program->register_count * sizeof(int64_t));
  frame.spare = frame.registers + plan->register_elements;
  frame.offsets = (int64_t *)((char *)frame.registers + bytes);
  int64_t offset = 0;
  for (int64_t r = 0; r < program->register_count; r++) {
    frame.offsets[r] = offset;
    int64_t fixed = program->register_columns[r];
    offset += fixed == 1 ? tile_whole_vectors(plan->tile_rows, LANES)
                         : plan->tile_rows * (fixed == 0 ? plan->tile_columns : tile_whole_vectors(fixed, LANES));
  }

  for (frame.row = 0; frame.row < plan->rows; frame.row += frame.rows) {
    frame.rows = SIMD(tile_smaller)(plan->tile_rows, plan->rows - frame.row);
    for (frame.column = plan->first; frame.column < plan->end; frame.column += frame.columns) {
      frame.columns = SIMD(tile_smaller)(plan->tile_columns, plan->end - frame.column);
      for (int64_t k = 0; k < program->instruction_count; k++)
        SIMD(tile_instruction)(&frame, program->instructions[k]);
    }
  }
}

#include "vector_end.h"
