#ifndef UNFOLD_TILE_PLAN_H
#define UNFOLD_TILE_PLAN_H

#include "tile.h"

#include <stdbool.h>

/// How a call is cut into tiles.
typedef struct tile_plan {
  int64_t rows, first, end;            ///< of the call, contiguous rows joined into one
  int64_t tile_rows, tile_columns;     ///< the largest tile; its columns, in whole vectors
  int64_t widest;                      ///< columns of the widest instruction, in whole vectors
  int64_t register_elements;           ///< of all registers together
} tile_plan;

/// What a pass may do with an operand's part in a tile.
enum {
  TILE_PLAIN = 1,   ///< its elements can be read a vector at a time, as they are in memory
  TILE_PADDED = 2,  ///< whole vectors, also where the columns end within one
  TILE_JOINED = 4,  ///< its rows, as whole vectors, follow each other without a gap, or are all the same vector
};

/// The plan for `rows` × (end − first) elements of `element_bytes`, `lanes` to a vector; rows > 0 and end > first.
tile_plan unfold_tile_plan(const unfold_tile_program *program, int64_t rows, int64_t first, int64_t end, int64_t lanes,
                           int64_t element_bytes);

static inline int64_t tile_whole_vectors(int64_t columns, int64_t lanes) {
  return (columns + lanes - 1) / lanes * lanes;
}

static inline bool tile_is_row_reduction(int opcode) {
  return opcode >= UNFOLD_TILE_ROW_SUM && opcode <= UNFOLD_TILE_ROW_DOT;
}

/// The number of operands that an instruction reads: a, or a and b, or a, b and c.
static inline int tile_operand_count(int opcode) {
  if (opcode < UNFOLD_TILE_BINARY) return 1;
  if (opcode < UNFOLD_TILE_COPY || opcode == UNFOLD_TILE_ROW_DOT) return 2;
  return opcode == UNFOLD_TILE_SELECT || opcode == UNFOLD_TILE_MULTIPLY_ADD || opcode >= UNFOLD_TILE_PAIR ? 3 : 1;
}

#endif
