#include "rows.h"

#include "dispatch.h"
#include "interleave.h"
#include "team.h"

#include <stddef.h>
#include <string.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "rows_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

/// Elements that make it worth while to wake one more member.
#define ELEMENTS_PER_MEMBER 65536
/// Columns of a scatter-add that are worth a member; with fewer, the members divide the output's rows.
#define SCATTER_COLUMNS 64

#define TEMPLATE "rows_template.h"
#include "each_width.h"
