#include "elementwise.h"

#include "dispatch.h"
#include "team.h"

#include <math.h>
#include <stdbool.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "elementwise_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

static bool is_mathematical(unfold_unary function) {
  switch (function) {
  case UNFOLD_EXP:
  case UNFOLD_LOG:
  case UNFOLD_TANH:
  case UNFOLD_SIGMOID:
  case UNFOLD_SOFTPLUS:
  case UNFOLD_ERF:
  case UNFOLD_EXPM1:
    return true;
  default:
    return false;
  }
}

/// Whether the rows lie one after the other, or are all the same number: then they are one long row.
static bool is_one_run(unfold_operand_strides strides, int64_t columns) {
  return strides.column == 1 ? strides.row == columns : strides.row == 0;
}

static bool is_step(int64_t stride) { return stride == 0 || stride == 1; }

#define TEMPLATE "elementwise_template.h"
#include "each_width.h"

void unfold_widen(int64_t count, const float *input, double *output) {
  for (int64_t i = 0; i < count; i++) output[i] = input[i];
}

void unfold_narrow(int64_t count, const double *input, float *output) {
  for (int64_t i = 0; i < count; i++) output[i] = (float)input[i];
}
