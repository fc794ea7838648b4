#include "reduce.h"

#include "dispatch.h"
#include "team.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

/// Elements whose squares are summed at a stretch; the sums of the chunks are then added in order.
#define SQUARES_CHUNK ((int64_t)16384)
/// Chunks summed before their sums are added up.
#define SQUARES_WAVE ((int64_t)512)

#define TEMPLATE "reduce_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

#define TEMPLATE "reduce_template.h"
#include "each_width.h"
