#include "tile.h"

#include "dispatch.h"
#include "elementwise.h"
#include "reduce.h"
#include "scratch.h"
#include "tile_plan.h"

#include <math.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "tile_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

#define TEMPLATE "tile_template.h"
#include "each_width.h"
