#ifndef UNFOLD_TILE_STEPS_H
#define UNFOLD_TILE_STEPS_H

#include "tile.h"

#include <stdbool.h>

/// Two instructions of a program as one, where only the second reads what the first computes:
/// output = (a · b) ∘ c, of which each is rounded by itself. + first of the pair × 4 + second.
enum {
  TILE_PAIR = 96,
  TILE_PAIR_ADD = 0,       ///< a + b, … + c
  TILE_PAIR_SUBTRACT,      ///< a − b, … − c
  TILE_PAIR_MULTIPLY,      ///< a · b, … · c
  TILE_PAIR_SUBTRACT_FROM  ///< as the second only: c − …
};

static inline bool tile_is_pair(int opcode) { return opcode >= TILE_PAIR; }

static inline bool tile_is_row_reduction(int opcode) {
  return opcode >= UNFOLD_TILE_ROW_SUM && opcode <= UNFOLD_TILE_ROW_MIN;
}

/// The number of operands that an instruction reads: a, or a and b, or a, b and c.
static inline int tile_operand_count(int opcode) {
  if (opcode < UNFOLD_TILE_BINARY) return 1;
  if (opcode < UNFOLD_TILE_COPY) return 2;
  return opcode == UNFOLD_TILE_SELECT || opcode == UNFOLD_TILE_MULTIPLY_ADD || tile_is_pair(opcode) ? 3 : 1;
}

/// Writes the program's instructions to the end of `steps[instruction_count]`, UNFOLD_TILE_ADD_TO as UNFOLD_ADD and
/// pairs joined; returns the first.
const unfold_tile_instruction *unfold_tile_steps(const unfold_tile_program *program, unfold_tile_instruction *steps);

#endif
