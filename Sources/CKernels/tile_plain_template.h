/// One row of an operand: element j is at first + j·step, step 0 or 1.
typedef struct NAME(tile_row) {
  REAL *first;
  int64_t step;
} NAME(tile_row);

/// A call's registers for one row, one after the other, and the row it is at.
typedef struct NAME(plain_frame) {
  const unfold_tile_program *program;
  REAL *const *views;
  int64_t row, first, end;
  REAL *registers, *spare;
} NAME(plain_frame);

static int64_t NAME(plain_register_columns)(const NAME(plain_frame) *frame, int64_t number) {
  int64_t fixed = frame->program->register_columns[number];
  return fixed == 0 ? frame->end - frame->first : fixed;
}

/// The row of an operand from column `first` of its view.
static NAME(tile_row) NAME(plain_row)(const NAME(plain_frame) *frame, unfold_tile_operand operand, int64_t first) {
  if (operand < 0) {
    int64_t number = -1 - operand;
    unfold_tile_view view = frame->program->views[number];
    NAME(tile_row) row = {frame->views[number] + frame->row * view.row_stride + first * view.column_stride,
                          view.column_stride};
    return row;
  }
  NAME(tile_row) row = {frame->registers, frame->program->register_columns[operand] != 1};
  for (int64_t r = 0; r < operand; r++) row.first += NAME(plain_register_columns)(frame, r);
  return row;
}

static REAL NAME(plain_pair)(int function, REAL x, REAL y) {
  switch (function) {
  case UNFOLD_TILE_PAIR_ADD:
    return x + y;
  case UNFOLD_TILE_PAIR_SUBTRACT:
    return x - y;
  case UNFOLD_TILE_PAIR_MULTIPLY:
    return x * y;
  default:
    return y - x;
  }
}

static void NAME(plain_instruction)(const NAME(plain_frame) *frame, unfold_tile_instruction instruction) {
  int opcode = instruction.opcode, count = tile_operand_count(opcode);
  int64_t columns = instruction.columns == 0 ? frame->end - frame->first : instruction.columns;
  int64_t first = instruction.columns == 0 ? frame->first : 0;
  NAME(tile_row) none = {NULL, 0}, a = NAME(plain_row)(frame, instruction.a, first);
  NAME(tile_row) b = count > 1 ? NAME(plain_row)(frame, instruction.b, first) : none;
  NAME(tile_row) c = count > 2 ? NAME(plain_row)(frame, instruction.c, first) : none;
  REAL *output = NAME(plain_row)(frame, instruction.output, tile_is_row_reduction(opcode) ? 0 : first).first;

  if (opcode < UNFOLD_TILE_BINARY) {
    for (int64_t j = 0; j < columns; j++)
      NAME(unfold_unary_plain)((unfold_unary)(opcode - UNFOLD_TILE_UNARY), 1, a.first + j * a.step, output + j);
  } else if (opcode < UNFOLD_TILE_COPY) {
    unfold_operand_strides left = {0, a.step}, right = {0, b.step};
    NAME(unfold_binary_plain)((unfold_binary)(opcode - UNFOLD_TILE_BINARY), 1, columns, a.first, left, b.first, right,
                              output);
  } else if (tile_is_row_reduction(opcode)) {
    unfold_reduction kind = opcode == UNFOLD_TILE_ROW_MAX   ? UNFOLD_MAX
                            : opcode == UNFOLD_TILE_ROW_MIN ? UNFOLD_MIN
                                                            : UNFOLD_SUM;
    for (int64_t j = 0; j < columns; j++) {
      REAL x = a.first[j * a.step];
      frame->spare[j] = count > 1 ? x * b.first[j * b.step] : x;
    }
    NAME(unfold_reduce_plain)(kind, 1, columns, 1, frame->spare, output);
  } else {
    for (int64_t j = 0; j < columns; j++) {
      REAL x = a.first[j * a.step];
      if (opcode == UNFOLD_TILE_COPY)
        output[j] = x;
      else if (opcode == UNFOLD_TILE_ADD_TO)
        output[j] += x;
      else if (opcode == UNFOLD_TILE_SELECT)
        output[j] = x != 0 ? b.first[j * b.step] : c.first[j * c.step];
      else if (opcode >= UNFOLD_TILE_PAIR)
        output[j] = NAME(plain_pair)((opcode - UNFOLD_TILE_PAIR) % 4,
                                     NAME(plain_pair)((opcode - UNFOLD_TILE_PAIR) / 4, x, b.first[j * b.step]),
                                     c.first[j * c.step]);
      else
        output[j] = MATH(fma)(x, b.first[j * b.step], c.first[j * c.step]);
    }
  }
}

void NAME(unfold_tile_run_plain)(const unfold_tile_program *program, REAL *const *views, int64_t rows, int64_t first,
                                 int64_t end) {
  if (rows <= 0 || end <= first) return;
  NAME(plain_frame) frame = {program, views, 0, first, end, NULL, NULL};
  int64_t elements = 0, widest = end - first;
  for (int64_t r = 0; r < program->register_count; r++) elements += NAME(plain_register_columns)(&frame, r);
  for (int64_t k = 0; k < program->instruction_count; k++)
    if (program->instructions[k].columns > widest) widest = program->instructions[k].columns;
  frame.registers = unfold_scratch((size_t)(elements + widest) * sizeof(REAL));
  frame.spare = frame.registers + elements;
  for (; frame.row < rows; frame.row++)
    for (int64_t k = 0; k < program->instruction_count; k++)
      NAME(plain_instruction)(&frame, program->instructions[k]);
}
