#ifndef UNFOLD_LIMIT_H
#define UNFOLD_LIMIT_H

#include <stdint.h>

/// Does float32 fused multiply-adds in registers, on the calling thread, with the widest vectors that the processor has
/// (AVX-512, AVX2 with FMA, NEON; else what the compiler makes of plain C), in enough independent chains to hide their
/// latency. Returns how many floating-point operations were done, two a multiply-add.
///
/// rounds: how often the chains are gone through. sink[1]: takes a sum of the results, so that nothing is left out.
double limit_multiply_add_f32(int64_t rounds, float *sink);

#endif
