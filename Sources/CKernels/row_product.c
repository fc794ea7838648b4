#include "include/row_product.h"

#include <stddef.h>
#include <string.h>

#include "dispatch.h"
#include "include/team.h"

// Fused or not is decided where it is written, not by the compiler: bits are the same on every set.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "row_product_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

// The plain one is the same code without a vector set.
#define SIMD(base) NAME(base##_plain)
#define TEMPLATE "row_product_vector_template.h"
#include "each_width.h"
#undef TEMPLATE
#undef SIMD

#define TEMPLATE "row_product_template.h"
#include "each_width.h"
