#include "rows.h"

#include <string.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "rows_template.h"
#include "each_width.h"
