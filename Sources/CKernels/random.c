#include "random.h"

#include <math.h>

void unfold_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]) {
  uint32_t k0 = key[0], k1 = key[1];
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = (uint64_t)0xD2511F53 * c0, product1 = (uint64_t)0xCD9E8D57 * c2;
    c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)product1;
    c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)product0;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

/// The words of the 128-bit counter `number` under `key`.
static void words_at(uint64_t key, uint64_t number, uint32_t words[4]) {
  unfold_philox((uint32_t[]){(uint32_t)key, (uint32_t)(key >> 32)},
                (uint32_t[]){(uint32_t)number, (uint32_t)(number >> 32), 0, 0}, words);
}

/// 53 bits of two words as a number in [0, 1).
static double unit(uint32_t low, uint32_t high) {
  return (double)(((uint64_t)high << 32 | low) >> 11) * 0x1p-53;
}

void unfold_uniform_f32(uint64_t key, uint64_t first, int64_t count, float *output) {
  uint32_t words[4];
  for (int64_t i = 0; i < count; i++) {
    uint64_t draw = first + (uint64_t)i;
    if (i == 0 || draw % 4 == 0) words_at(key, draw / 4, words);
    output[i] = (float)(words[draw % 4] >> 8) * 0x1p-24f;
  }
}

void unfold_uniform_f64(uint64_t key, uint64_t first, int64_t count, double *output) {
  uint32_t words[4];
  for (int64_t i = 0; i < count; i++) {
    uint64_t draw = first + (uint64_t)i;
    if (i == 0 || draw % 2 == 0) words_at(key, draw / 2, words);
    output[i] = unit(words[draw % 2 * 2], words[draw % 2 * 2 + 1]);
  }
}

/// Draws 2n and 2n+1 of the double-width stream are the four words of counter n.
static double normal(uint64_t key, uint64_t draw) {
  uint32_t words[4];
  words_at(key, draw, words);
  double radius = sqrt(-2 * log1p(-unit(words[0], words[1])));
  return radius * cos(6.283185307179586 * unit(words[2], words[3]));
}

void unfold_normal_f64(uint64_t key, uint64_t first, int64_t count, double *output) {
  for (int64_t i = 0; i < count; i++) output[i] = normal(key, first + (uint64_t)i);
}

void unfold_normal_f32(uint64_t key, uint64_t first, int64_t count, float *output) {
  for (int64_t i = 0; i < count; i++) output[i] = (float)normal(key, first + (uint64_t)i);
}

// Fused or not is decided where it is written, not by the compiler.
#pragma STDC FP_CONTRACT OFF

#define TEMPLATE "random_template.h"
#include "each_width.h"
