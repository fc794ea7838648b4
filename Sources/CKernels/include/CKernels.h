/// The kernels of Unfold: plain C functions over caller-owned memory.
///
/// Conventions, everywhere: matrices are row-major; sizes are `int64_t` and may be 0; inputs are `const`
/// and do not overlap outputs unless a function says that they may; nothing is allocated that outlives a call.
/// Each function exists for `float` (`_f32`) and `double` (`_f64`). The bits of an output element depend on the
/// values it is computed from and on the instruction set only: never on how many other elements are computed in the
/// same call, on the tile it falls in, or on the number of threads.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "instruction_set.h"
#include "heap.h"
#include "team.h"
#include "matmul.h"
#include "packed.h"
#include "bf16.h"
#include "elementwise.h"
#include "reduce.h"
#include "largest.h"
#include "cross_entropy.h"
#include "rows.h"
#include "row_product.h"
#include "random.h"
#include "update.h"
#include "tile.h"
#include "walk.h"

#endif
