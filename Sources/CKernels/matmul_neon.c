#if defined(__aarch64__)
#include "bf16_tiles.h"
#include "matmul_tiles.h"
#include "packed_tiles.h"
#include "scratch.h"

#define SET_NAME neon
#define VECTOR_BYTES 16
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
// 8 by 3 of the 32 registers.
#define ACCUMULATORS 24
#define BULK_WIDTH 3
#define PACKED_BULK_WIDTH 4

#include "matmul_set.inc"
#endif
