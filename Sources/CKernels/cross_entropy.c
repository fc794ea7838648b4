#include "cross_entropy.h"

#include "dispatch.h"
#include "team.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define CHUNK UNFOLD_CROSS_ENTROPY_CHUNK

/// Elements that make it worth while to wake one more member.
#define ELEMENTS_PER_MEMBER 16384
/// Rows by which logits are brought to the cache before their gradient is taken.
#define ROWS_AHEAD 4

#define TEMPLATE "cross_entropy_job.h"
#include "each_width.h"
#undef TEMPLATE

#define TEMPLATE "cross_entropy_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

#define TEMPLATE "cross_entropy_template.h"
#include "each_width.h"
