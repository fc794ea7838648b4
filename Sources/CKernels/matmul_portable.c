#include "bf16_tiles.h"
#include "matmul_tiles.h"
#include "packed_tiles.h"
#include "scratch.h"

// A product and a sum, each rounded: the bits of the plain loops.
#pragma STDC FP_CONTRACT OFF

#define SET_NAME portable
#define VECTOR_BYTES 16
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
// 4 by 2 of 16 registers; the product needs one of its own.
#define ACCUMULATORS 8
#define BULK_WIDTH 2
#define PACKED_BULK_WIDTH 2

#include "matmul_set.inc"
