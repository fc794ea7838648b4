/// The functions of a unit. Not part of the interface.
#ifndef CKERNELS_BF16_UNIT_H
#define CKERNELS_BF16_UNIT_H

#include <stddef.h>

#include "bf16_tiles.h"

/// How bfloat16 products are computed by the unit and the instruction set in use.
typedef struct bf16_functions {
  bf16_multiply *multiply;
  bf16_round *round;
  bf16_pack *pack;
  bf16_gather *gather;
  /// Instead of gathering and rounding; NULL for a unit that has no other way.
  bf16_round_columns *round_columns;
  /// Bytes of a rounded element of the left operand, all its parts.
  size_t left_bytes;
  /// Of a product of two unpacked operands: the most steps of k between visits to the output, a multiple of BF16_STEPS, …
  int64_t region_steps;
  /// … and the rows taken past packed columns at a time: whole tiles.
  int64_t region_slice;
} bf16_functions;

bf16_functions unfold_bf16_functions(unfold_bf16_parts parts);

#endif
