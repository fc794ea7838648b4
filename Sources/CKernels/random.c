#include "random.h"

#include "dispatch.h"
#include "interleave.h"
#include "team.h"

#include <math.h>
#include <string.h>

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u

void unfold_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]) {
  uint32_t k0 = key[0], k1 = key[1];
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = (uint64_t)PHILOX_MULTIPLIER_0 * c0, product1 = (uint64_t)PHILOX_MULTIPLIER_1 * c2;
    c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)product1;
    c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)product0;
    k0 += PHILOX_WEYL_0;
    k1 += PHILOX_WEYL_1;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

/// The words of counter (number, 0, 0) under `key`.
static void words_at(uint64_t key, uint64_t number, uint32_t words[4]) {
  unfold_philox((uint32_t[]){(uint32_t)key, (uint32_t)(key >> 32)},
                (uint32_t[]){(uint32_t)number, (uint32_t)(number >> 32), 0, 0}, words);
}

/// 53 bits of two words as a number in [0, 1).
static inline __attribute__((always_inline)) double unit(uint32_t low, uint32_t high) {
  return (double)(int64_t)(((uint64_t)high << 32 | low) >> 11) * 0x1p-53;
}

/// Draws 2n and 2n+1 of the double-width stream are the four words of counter n.
static double normal(uint64_t key, uint64_t draw) {
  uint32_t words[4];
  words_at(key, draw, words);
  double radius = sqrt(-2 * log1p(-unit(words[0], words[1])));
  return radius * cos(6.283185307179586 * unit(words[2], words[3]));
}

#define TEMPLATE "random_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

#define TEMPLATE "random_template.h"
#include "each_width.h"
