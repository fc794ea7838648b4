#include "include/packed.h"

#include <string.h>

#include "include/instruction_set.h"
#include "packed_tiles.h"

int64_t unfold_packed_size(int64_t inner, int64_t columns) {
  if (inner <= 0 || columns <= 0) return 0;
  return (columns + UNFOLD_PACKED_UNIT - 1) / UNFOLD_PACKED_UNIT * packed_panel(inner);
}

#define SCALAR float
#define TYPE f32
#include "packed_dispatch.inc"

#define SCALAR double
#define TYPE f64
#include "packed_dispatch.inc"
