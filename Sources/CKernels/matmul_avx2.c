#if defined(__x86_64__)
#include "bf16_tiles.h"
#include "matmul_tiles.h"
#include "packed_tiles.h"
#include "scratch.h"

#define SET_NAME avx2
#define VECTOR_BYTES 32
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
// 6 by 2 of the 16 registers.
#define ACCUMULATORS 12
#define BULK_WIDTH 2
#define PACKED_BULK_WIDTH 2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "matmul_set.inc"
#pragma clang attribute pop
#endif
