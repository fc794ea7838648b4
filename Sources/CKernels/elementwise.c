#include "elementwise.h"

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "elementwise_template.h"
#include "each_width.h"

void unfold_widen(int64_t count, const float *input, double *output) {
  for (int64_t i = 0; i < count; i++) output[i] = input[i];
}

void unfold_narrow(int64_t count, const double *input, float *output) {
  for (int64_t i = 0; i < count; i++) output[i] = (float)input[i];
}
