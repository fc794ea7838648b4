// The reference of the tile programs: row by row, by the plain functions of elementwise.h and reduce.h.

#include "elementwise.h"
#include "reduce.h"
#include "scratch.h"
#include "tile_plan.h"

#include <math.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "tile_plain_template.h"
#include "each_width.h"
