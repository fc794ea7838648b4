#include "elementwise.h"
#include "tile_plan.h"

#include <stdbool.h>
#include <string.h>

/// The bit of a register; those past the 64th count as read for ever.
static uint64_t bit(unfold_tile_operand operand) {
  return operand >= 0 && operand < 64 ? (uint64_t)1 << operand : 0;
}

static uint64_t bits_read(unfold_tile_instruction instruction) {
  int count = tile_operand_count(instruction.opcode);
  return bit(instruction.a) | (count > 1 ? bit(instruction.b) : 0) | (count > 2 ? bit(instruction.c) : 0);
}

static unfold_tile_instruction simplified(unfold_tile_instruction instruction) {
  if (instruction.opcode == UNFOLD_TILE_ADD_TO) {
    instruction.opcode = UNFOLD_TILE_BINARY + UNFOLD_ADD;
    instruction.b = instruction.a;
    instruction.a = instruction.output;
  } else if (instruction.opcode == UNFOLD_TILE_UNARY + UNFOLD_SQUARE) {
    instruction.opcode = UNFOLD_TILE_BINARY + UNFOLD_MULTIPLY;
    instruction.b = instruction.a;
  }
  return instruction;
}

/// What the instruction is in a pair, or −1.
static int pair_function(unfold_tile_instruction instruction) {
  switch (instruction.opcode) {
  case UNFOLD_TILE_BINARY + UNFOLD_ADD:
    return UNFOLD_TILE_PAIR_ADD;
  case UNFOLD_TILE_BINARY + UNFOLD_SUBTRACT:
    return UNFOLD_TILE_PAIR_SUBTRACT;
  case UNFOLD_TILE_BINARY + UNFOLD_MULTIPLY:
    return UNFOLD_TILE_PAIR_MULTIPLY;
  default:
    return -1;
  }
}

/// Joins `first` into `second`, which follows it and after which the registers `live` are read; false when they must
/// stay two.
static bool join(unfold_tile_instruction first, unfold_tile_instruction *second, uint64_t live) {
  int before = pair_function(first), after = pair_function(*second);
  uint64_t between = bit(first.output);
  const bool sums = second->opcode == UNFOLD_TILE_ROW_SUM && second->a == first.output;
  if (before < 0 || (after < 0 && !sums) || between == 0 || first.columns != second->columns) return false;
  if (sums) {
    if (before != UNFOLD_TILE_PAIR_MULTIPLY || (live & between) != 0) return false;
    second->opcode = UNFOLD_TILE_ROW_DOT;
    second->a = first.a;
    second->b = first.b;
    return true;
  }
  if ((second->a == first.output) == (second->b == first.output)) return false;
  if (second->output != first.output && (live & between) != 0) return false;
  unfold_tile_operand other = second->a;
  if (second->a == first.output)
    other = second->b;
  else if (after == UNFOLD_TILE_PAIR_SUBTRACT)
    after = UNFOLD_TILE_PAIR_SUBTRACT_FROM;
  second->opcode = (int16_t)(UNFOLD_TILE_PAIR + before * 4 + after);
  second->a = first.a;
  second->b = first.b;
  second->c = other;
  return true;
}

int64_t unfold_tile_join(const unfold_tile_program *program, unfold_tile_instruction *joined) {
  // From the end, so that it is known which registers are read later: before the one at `next`, and after it.
  unfold_tile_instruction *end = joined + program->instruction_count, *next = end;
  uint64_t live_before = 0, live_after = 0;
  for (int64_t k = program->instruction_count - 1; k >= 0; k--) {
    unfold_tile_instruction instruction = simplified(program->instructions[k]);
    if (next < end && join(instruction, next, live_after)) {
      live_before = (live_before & ~bit(instruction.output)) | bits_read(instruction);
      continue;
    }
    live_after = live_before;
    *--next = instruction;
    unfold_tile_operand output = instruction.output;
    if (output >= 0 && program->register_columns[output] == instruction.columns) live_before &= ~bit(output);
    live_before |= bits_read(instruction);
  }
  int64_t count = end - next;
  memmove(joined, next, (size_t)count * sizeof *joined);
  return count;
}
