#ifndef CKERNELS_TILE_H
#define CKERNELS_TILE_H

#include <stdint.h>

/// Tile programs: several element-wise instructions over [rows, columns] blocks, run tile by tile, so that what one
/// instruction writes is still in the first-level cache when the next one reads it.

/// An operand of an instruction: ≥ 0 a register, < 0 the view number −1 − operand.
typedef int16_t unfold_tile_operand;

/// What an instruction does, element by element unless it says otherwise.
enum {
  UNFOLD_TILE_UNARY = 0,     ///< + an unfold_unary: output = f(a)
  UNFOLD_TILE_BINARY = 32,   ///< + an unfold_binary: output = f(a, b)
  UNFOLD_TILE_COPY = 64,     ///< output = a
  UNFOLD_TILE_ADD_TO,        ///< output += a
  UNFOLD_TILE_SELECT,        ///< output = a ≠ 0 ? b : c
  UNFOLD_TILE_MULTIPLY_ADD,  ///< output = a · b + c, rounded once
  UNFOLD_TILE_ROW_SUM,       ///< output, one value a row, = Σ of the row of a, in the lanes of unfold_reduce
  UNFOLD_TILE_ROW_MAX,       ///< the same, the largest; NaN if any is NaN
  UNFOLD_TILE_ROW_MIN,       ///< the same, the smallest; NaN if any is NaN
  UNFOLD_TILE_ROW_DOT,       ///< output, one value a row, = Σ of the row of a · b, each rounded, in the same lanes
  UNFOLD_TILE_PAIR = 96,     ///< + 4 · first + second, each of the following: output = (a ∘ b) ∘ c, rounded twice
};

/// The functions of an UNFOLD_TILE_PAIR; the last only as its second.
enum {
  UNFOLD_TILE_PAIR_ADD,            ///< a + b, (…) + c
  UNFOLD_TILE_PAIR_SUBTRACT,       ///< a − b, (…) − c
  UNFOLD_TILE_PAIR_MULTIPLY,       ///< a · b, (…) · c
  UNFOLD_TILE_PAIR_SUBTRACT_FROM,  ///< c − (…)
};

/// An instruction. Operands that its opcode does not name are not looked at.
///
/// It takes the columns of the call's range, or, where `columns` is not 0, the columns 0 ..< columns of its views and
/// registers whatever the range; of `columns` = 1 it computes one value a row. A row reduction reduces that many
/// columns of `a` and writes column 0. Operands with one column are repeated along the row.
typedef struct unfold_tile_instruction {
  int16_t opcode;
  unfold_tile_operand output, a, b, c;
  int32_t columns;
} unfold_tile_instruction;

/// How a view lies in memory: element (i, j) is at i·row_stride + j·column_stride. A column_stride of 0 is one value a
/// row, a row_stride of 0 one row for all; column_stride is 0 or 1.
typedef struct unfold_tile_view {
  int64_t row_stride;
  int32_t column_stride;
} unfold_tile_view;

/// A program. Registers keep their values from one instruction to the next, within a row; one must be written
/// before it is read.
typedef struct unfold_tile_program {
  int64_t instruction_count, register_count, view_count;
  const unfold_tile_instruction *instructions;
  const unfold_tile_view *views;
  const int32_t *register_columns;  ///< of each register: 0 the range's, otherwise so many; 1 is one value a row
} unfold_tile_program;

/// Joins instructions of `program` where that leaves its results as they are, for speed: sums, differences and products
/// of which only the next instruction reads the result become one with it, where that is one of these, too, or sums a
/// row. Writes the new instructions to `joined[instruction_count]` and returns how many they are. To be done once a
/// program, not once a run.
int64_t unfold_tile_join(const unfold_tile_program *program, unfold_tile_instruction *joined);

/// Runs `program` over the rows 0 ..< rows and the columns first ..< end, on the calling thread.
///
/// `views[v]` points to element (0, 0) of view v. Views may be the same memory where they have the same element at the
/// same place, and so may what an instruction reads and what it writes; an instruction that reads a view reads what earlier
/// instructions have written to it in its row. In programs with row reductions or with instructions of other columns than
/// the range's, a row is never cut, and views may overlap in any way but within an instruction.
///
/// The results have the bits of unfold_unary, unfold_binary, unfold_select and unfold_reduce (rows dense): they do not
/// depend on the range or the number of rows. A product and a sum are rounded twice unless they are one MULTIPLY_ADD.
void unfold_tile_run_f32(const unfold_tile_program *program, float *const *views, int64_t rows, int64_t first,
                         int64_t end);
void unfold_tile_run_f64(const unfold_tile_program *program, double *const *views, int64_t rows, int64_t first,
                         int64_t end);

/// The reference: row by row, by the plain functions of elementwise.h and reduce.h.
void unfold_tile_run_plain_f32(const unfold_tile_program *program, float *const *views, int64_t rows, int64_t first,
                               int64_t end);
void unfold_tile_run_plain_f64(const unfold_tile_program *program, double *const *views, int64_t rows, int64_t first,
                               int64_t end);

#endif
