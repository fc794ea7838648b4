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
  int flags;
} SIMD(tile_block);

/// A call, and the tile it is at.
typedef struct SIMD(tile_frame) {
  const unfold_tile_program *program;
  REAL *const *views;
  tile_plan plan;
  SIMD(tile_block) *blocks;  ///< of each operand by its number: views are before it, registers from it on
  REAL *spare;               ///< 4 areas of spare_elements: copies of operands that do not lie as a pass needs them
  int64_t spare_elements;
  int64_t row, rows, column, columns;
} SIMD(tile_frame);

/// A repeated value becomes a vector of it, a row's own when rows differ: passes then read vectors only.
INLINE void SIMD(tile_repeat)(SIMD(tile_block) *block, int64_t rows, REAL *spare) {
  if (block->step != 0) return;
  bool one = rows == 1 || block->row == 0;
  for (int64_t i = 0; i < (one ? 1 : rows); i++) SIMD(store)(spare + i * LANES, (VECTOR)block->first[i * block->row]);
  block->first = spare;
  block->row = one ? 0 : LANES;
  block->flags = TILE_PADDED | TILE_PLAIN | (one ? TILE_JOINED : 0);
}

INLINE VECTOR SIMD(power)(VECTOR x, VECTOR y) {
  for (int64_t lane = 0; lane < LANES; lane++) x[lane] = MATH(pow)(x[lane], y[lane]);
  return x;
}

/// Runs one element-wise pass over blocks with TILE_PLAIN set; those that `opcode` does not read may be any.
static void SIMD(tile_compute)(int opcode, int64_t rows, int64_t columns, const SIMD(tile_block) *to,
                               const SIMD(tile_block) *from_a, const SIMD(tile_block) *from_b,
                               const SIMD(tile_block) *from_c) {
  const SIMD(tile_block) output = *to, a = *from_a, b = *from_b, c = *from_c;
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
      if (output.flags & TILE_PADDED)                                                       \
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
#define TERNARY(expression)                                                                                   \
  if (a.step == 1 && b.step == 1 && c.step == 1) {                                                            \
    ROWS(VECTOR x = SIMD(load)(row_a + j); VECTOR y = SIMD(load)(row_b + j); VECTOR z = SIMD(load)(row_c + j), \
         VECTOR x = X_PART; VECTOR y = Y_PART; VECTOR z = Z_PART, expression)                                 \
  } else {                                                                                                    \
    ROWS(VECTOR x = X; VECTOR y = Y; VECTOR z = Z, VECTOR x = X_PART; VECTOR y = Y_PART; VECTOR z = Z_PART,   \
         expression)                                                                                          \
  }
#define UNARY_CASE(name, expression) \
  case UNFOLD_TILE_UNARY + name:     \
    UNARY(expression)                \
    return;
#define BINARY_CASE(name, expression) \
  case UNFOLD_TILE_BINARY + name:     \
    BINARY(expression)                \
    return;
#define PAIR_CASE(before, after, expression)  \
  case UNFOLD_TILE_PAIR + before * 4 + after: \
    TERNARY(expression)                       \
    return;
#define PAIR_CASES(before, expression)                           \
  PAIR_CASE(before, UNFOLD_TILE_PAIR_ADD, (expression) + z)      \
  PAIR_CASE(before, UNFOLD_TILE_PAIR_SUBTRACT, (expression) - z) \
  PAIR_CASE(before, UNFOLD_TILE_PAIR_MULTIPLY, (expression) * z) \
  PAIR_CASE(before, UNFOLD_TILE_PAIR_SUBTRACT_FROM, z - (expression))
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
    PAIR_CASES(UNFOLD_TILE_PAIR_ADD, x + y)
    PAIR_CASES(UNFOLD_TILE_PAIR_SUBTRACT, x - y)
    PAIR_CASES(UNFOLD_TILE_PAIR_MULTIPLY, x * y)
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
#undef PAIR_CASE
#undef PAIR_CASES
}

/// A row of an operand as it can be read a vector at a time: a repeated value fills `spare`.
INLINE const REAL *SIMD(tile_dense_row)(SIMD(tile_block) block, int64_t i, int64_t columns, REAL *spare) {
  const REAL *row = block.first + i * block.row;
  if (block.step != 0) return row;
  for (int64_t j = 0; j < columns; j++) spare[j] = row[0];
  return spare;
}

static void SIMD(tile_reduce)(const SIMD(tile_frame) *frame, int opcode, int64_t columns, SIMD(tile_block) output,
                              const SIMD(tile_block) *operands) {
  for (int64_t i = 0; i < frame->rows; i++) {
    const REAL *row = SIMD(tile_dense_row)(operands[0], i, columns, frame->spare);
    REAL *result = output.first + i * output.row;
    if (opcode == UNFOLD_TILE_ROW_SUM)
      *result = SIMD(reduce_row)(UNFOLD_SUM, columns, row);
    else if (opcode == UNFOLD_TILE_ROW_DOT)
      *result = SIMD(dot_row)(columns, row,
                              SIMD(tile_dense_row)(operands[1], i, columns, frame->spare + frame->spare_elements));
    else if (opcode == UNFOLD_TILE_ROW_MAX)
      *result = SIMD(reduce_row)(UNFOLD_MAX, columns, row);
    else
      *result = SIMD(reduce_row)(UNFOLD_MIN, columns, row);
  }
}

/// A pass with one value a row runs down the rows as if they were columns, its operands made dense where they are not.
static void SIMD(tile_one_column)(const SIMD(tile_frame) *frame, int opcode, SIMD(tile_block) output,
                                  SIMD(tile_block) *operands) {
  int64_t rows = frame->rows;
  for (int k = 0; k < tile_operand_count(opcode); k++) {
    SIMD(tile_block) *block = &operands[k];
    REAL *spare = frame->spare + k * frame->spare_elements;
    if (block->row == 1) {
      block->step = 1;
    } else if (block->row == 0) {
      block->step = 0;
      SIMD(tile_repeat)(block, 1, spare);
    } else {
      for (int64_t i = 0; i < rows; i++) spare[i] = block->first[i * block->row];
      *block = (SIMD(tile_block)){spare, 0, 1, TILE_PLAIN};
    }
  }
  SIMD(tile_block) dense = {output.first, 0, 1, TILE_PLAIN};
  if (output.row != 1) dense.first = frame->spare + 3 * frame->spare_elements;
  SIMD(tile_compute)(opcode, 1, rows, &dense, &operands[0], &operands[1], &operands[2]);
  if (output.row != 1)
    for (int64_t i = 0; i < rows; i++) output.first[i * output.row] = dense.first[i];
}

/// A pass over `columns`, in whole vectors `whole`; `flags` are those that all its blocks have. Padded blocks leave
/// no remainder, and rows that follow each other are one.
INLINE void SIMD(tile_pass)(int opcode, int flags, int64_t rows, int64_t columns, int64_t whole,
                            const SIMD(tile_block) *output, const SIMD(tile_block) *a, const SIMD(tile_block) *b,
                            const SIMD(tile_block) *c) {
  if (flags & TILE_PADDED) columns = whole;
  if ((flags & TILE_JOINED) && columns == whole) {
    columns *= rows;
    rows = 1;
  }
  SIMD(tile_compute)(opcode, rows, columns, output, a, b, c);
}

/// An instruction that reduces rows, has columns of its own, or repeats a value along each row.
static void SIMD(tile_other)(const SIMD(tile_frame) *frame, unfold_tile_instruction instruction) {
  const int opcode = instruction.opcode, count = tile_operand_count(opcode);
  SIMD(tile_block) output = frame->blocks[instruction.output], operands[3];
  operands[0] = frame->blocks[instruction.a];
  operands[1] = count > 1 ? frame->blocks[instruction.b] : operands[0];
  operands[2] = count > 2 ? frame->blocks[instruction.c] : operands[0];
  const bool own_columns = instruction.columns != 0, reduces = tile_is_row_reduction(opcode);
  const int64_t columns = own_columns ? instruction.columns : frame->columns;
  if (instruction.output < 0 && (own_columns || reduces)) output.first -= frame->column * output.step;
  if (own_columns)
    for (int k = 0; k < count; k++)
      if ((k == 0 ? instruction.a : k == 1 ? instruction.b : instruction.c) < 0)
        operands[k].first -= frame->column * operands[k].step;
  if (reduces) {
    SIMD(tile_reduce)(frame, opcode, columns, output, operands);
    return;
  }
  if (instruction.columns == 1) {
    SIMD(tile_one_column)(frame, opcode, output, operands);
    return;
  }
  // The rows of a pass of other columns than the range's need not follow each other.
  int flags = output.flags & (TILE_PLAIN | TILE_PADDED);
  for (int k = 0; k < count; k++) {
    SIMD(tile_repeat)(&operands[k], frame->rows, frame->spare + k * frame->spare_elements);
    flags &= operands[k].flags;
  }
  SIMD(tile_pass)(opcode, flags, frame->rows, columns, tile_whole_vectors(columns, LANES), &output, &operands[0],
                  &operands[1], &operands[2]);
}

INLINE void SIMD(tile_instruction)(const SIMD(tile_frame) *frame, unfold_tile_instruction instruction) {
  if (instruction.opcode == UNFOLD_TILE_ADD_TO) {
    instruction.opcode = UNFOLD_TILE_BINARY + UNFOLD_ADD;
    instruction.b = instruction.output;
  }
  const SIMD(tile_block) *blocks = frame->blocks;
  const int count = tile_operand_count(instruction.opcode);
  const SIMD(tile_block) *output = &blocks[instruction.output], *a = &blocks[instruction.a];
  const SIMD(tile_block) *b = count > 1 ? &blocks[instruction.b] : a, *c = count > 2 ? &blocks[instruction.c] : a;
  int flags = output->flags & a->flags & b->flags & c->flags;
  if (instruction.columns != 0 || !(flags & TILE_PLAIN) || tile_is_row_reduction(instruction.opcode)) {
    SIMD(tile_other)(frame, instruction);
    return;
  }
  int64_t whole = tile_whole_vectors(frame->columns, LANES);
  if (whole != frame->plan.tile_columns) flags &= ~TILE_JOINED;
  SIMD(tile_pass)(instruction.opcode, flags, frame->rows, frame->columns, whole, output, a, b, c);
}

static int64_t SIMD(tile_smaller)(int64_t a, int64_t b) { return a < b ? a : b; }

/// The blocks of the registers, and of the views but for where they begin, which depends on the tile. A view of one
/// number that the program does not write becomes a vector of it once and for all.
static void SIMD(tile_set_up)(const SIMD(tile_frame) *frame, REAL *registers, REAL *repeated) {
  const unfold_tile_program *program = frame->program;
  const int64_t tile_columns = frame->plan.tile_columns;
  for (int64_t r = 0; r < program->register_count; r++) {
    int64_t fixed = program->register_columns[r];
    SIMD(tile_block) block = {registers, 1, 0, 0};
    if (fixed != 1) {
      block.row = fixed == 0 ? tile_columns : tile_whole_vectors(fixed, LANES);
      block.step = 1;
      block.flags = TILE_PLAIN | TILE_PADDED | (block.row == tile_columns ? TILE_JOINED : 0);
    }
    frame->blocks[r] = block;
    registers += fixed == 1 ? tile_whole_vectors(frame->plan.tile_rows, LANES) : frame->plan.tile_rows * block.row;
  }
  for (int64_t v = 0; v < program->view_count; v++) {
    unfold_tile_view view = program->views[v];
    SIMD(tile_block) block = {NULL, view.row_stride, view.column_stride, 0};
    if (view.column_stride != 0)
      block.flags = TILE_PLAIN | (view.row_stride == tile_columns ? TILE_JOINED : 0);
    else if (view.row_stride == 0)
      block.flags = TILE_PLAIN | TILE_PADDED | TILE_JOINED;
    frame->blocks[-1 - v] = block;
  }
  for (int64_t k = 0; k < program->instruction_count; k++) {
    unfold_tile_operand output = program->instructions[k].output;
    if (output < 0 && frame->blocks[output].step == 0) frame->blocks[output].flags = 0;
  }
  for (int64_t v = 0; v < program->view_count; v++) {
    SIMD(tile_block) *block = &frame->blocks[-1 - v];
    if (!(block->flags & TILE_PADDED)) continue;
    block->first = repeated + v * LANES;
    SIMD(store)(block->first, (VECTOR)frame->views[v][0]);
  }
}

static void SIMD(tile_run)(const unfold_tile_program *program, REAL *const *views, int64_t rows, int64_t first,
                           int64_t end) {
  SIMD(tile_frame) frame = {.program = program, .views = views};
  frame.plan = unfold_tile_plan(program, rows, first, end, LANES, sizeof(REAL));
  const tile_plan *plan = &frame.plan;
  frame.spare_elements = plan->tile_rows * LANES > plan->widest ? plan->tile_rows * LANES : plan->widest;

  const int64_t repeated = program->view_count * LANES;
  const size_t elements = (size_t)(plan->register_elements + 4 * frame.spare_elements + repeated) * sizeof(REAL);
  const size_t blocks = (size_t)(program->view_count + program->register_count) * sizeof(SIMD(tile_block));
  REAL *memory = unfold_scratch(elements + blocks);
  frame.blocks = (SIMD(tile_block) *)((char *)memory + elements) + program->view_count;
  frame.spare = memory + plan->register_elements;
  SIMD(tile_set_up)(&frame, memory, frame.spare + 4 * frame.spare_elements);

  for (frame.row = 0; frame.row < plan->rows; frame.row += frame.rows) {
    frame.rows = SIMD(tile_smaller)(plan->tile_rows, plan->rows - frame.row);
    for (frame.column = plan->first; frame.column < plan->end; frame.column += frame.columns) {
      frame.columns = SIMD(tile_smaller)(plan->tile_columns, plan->end - frame.column);
      for (int64_t v = 0; v < program->view_count; v++) {
        SIMD(tile_block) *block = &frame.blocks[-1 - v];
        if (!(block->flags & TILE_PADDED))
          block->first = views[v] + frame.row * block->row + frame.column * block->step;
      }
      for (int64_t k = 0; k < program->instruction_count; k++)
        SIMD(tile_instruction)(&frame, program->instructions[k]);
    }
  }
}

#include "vector_end.h"
