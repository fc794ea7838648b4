// The reference of the element-wise kernels: math.h, one element at a time.

#include "elementwise.h"

#include <math.h>

/// Both in double whatever the width, so that the reference in float is right to within half an ulp.
static double sigmoid(double x) {
  double e = exp(-fabs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double softplus(double x) { return (x > 0 ? x : x == x ? 0 : x) + log1p(exp(-fabs(x))); }

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "elementwise_plain_template.h"
#include "each_width.h"
