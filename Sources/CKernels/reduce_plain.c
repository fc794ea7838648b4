// The references of the reductions, as plain loops.

#include "reduce.h"

#include <math.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "reduce_plain_template.h"
#include "each_width.h"
