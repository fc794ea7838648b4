#include "include/matmul.h"

// A product and a sum, each rounded, on every machine.
#pragma STDC FP_CONTRACT OFF

#define SCALAR float
#define NAMED(name) name##_f32
#include "matmul_plain.inc"

#define SCALAR double
#define NAMED(name) name##_f64
#include "matmul_plain.inc"
