#include "include/walk.h"

#include <stddef.h>
#include <string.h>

#include "dispatch.h"
#include "include/bf16.h"
#include "include/packed.h"
#include "include/team.h"

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

/// About what a few rows may take of a core's second-level cache on their way through stages.
enum { TOGETHER_BYTES = 1 << 18 };

#define TEMPLATE "walk_places.h"
#include "each_width.h"
#undef TEMPLATE

#define TEMPLATE "scan_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

// The plain one is the same code without a vector set.
#define SIMD(base) NAME(base##_plain)
#define TEMPLATE "scan_vector_template.h"
#include "each_width.h"
#undef TEMPLATE
#undef SIMD

#define TEMPLATE "walk_template.h"
#include "each_width.h"
