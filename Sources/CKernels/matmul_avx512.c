#if defined(__x86_64__)
#include "bf16_tiles.h"
#include "matmul_tiles.h"
#include "packed_tiles.h"
#include "scratch.h"

#define SET_NAME avx512
#define VECTOR_BYTES 64
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
// 14 by 2 of the 32 registers; the rest hold two vectors of the right operand and a scalar of the left.
#define ACCUMULATORS 28
#define BULK_WIDTH 2
#define PACKED_BULK_WIDTH 2

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "matmul_set.inc"
#pragma clang attribute pop
#endif
