// Philox for several counters at once: each 32-bit word in a lane of 64 bits, where its products fit.

#if VECTOR_BYTES == 16
#define INTERLEAVE_LOW INTERLEAVE_LOW_2
#define INTERLEAVE_HIGH INTERLEAVE_HIGH_2
#elif VECTOR_BYTES == 32
#define INTERLEAVE_LOW INTERLEAVE_LOW_4
#define INTERLEAVE_HIGH INTERLEAVE_HIGH_4
#else
#define INTERLEAVE_LOW INTERLEAVE_LOW_8
#define INTERLEAVE_HIGH INTERLEAVE_HIGH_8
#endif

#define COUNTERS (VECTOR_BYTES / 8)
#define WORDS (4 * COUNTERS)

typedef uint64_t SIMD(words) __attribute__((ext_vector_type(COUNTERS)));

/// The words of COUNTERS counters, one counter after the other.
INLINE void SIMD(philox)(uint64_t key, SIMD(words) c0, SIMD(words) c1, SIMD(words) c2, SIMD(words) c3,
                         uint32_t words[WORDS]) {
  const SIMD(words) low = 0xFFFFFFFF;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  c0 &= low, c1 &= low, c2 &= low, c3 &= low;
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    SIMD(words) product0 = c0 * PHILOX_MULTIPLIER_0, product1 = c2 * PHILOX_MULTIPLIER_1;
    c0 = (product1 >> 32) ^ c1 ^ (uint64_t)k0;
    c1 = product1 & low;
    c2 = (product0 >> 32) ^ c3 ^ (uint64_t)k1;
    c3 = product0 & low;
    k0 += PHILOX_WEYL_0;
    k1 += PHILOX_WEYL_1;
  }
  SIMD(words) first = c0 | c1 << 32, second = c2 | c3 << 32;  // little-endian, as every processor here is
  SIMD(words) lower = INTERLEAVE_LOW(first, second), upper = INTERLEAVE_HIGH(first, second);
  memcpy(words, &lower, VECTOR_BYTES);
  memcpy(words + WORDS / 2, &upper, VECTOR_BYTES);
}

/// number, number + 1, …
INLINE SIMD(words) SIMD(counters_from)(uint64_t number) {
  SIMD(words) counters = number;
  for (int i = 0; i < COUNTERS; i++) counters[i] += (uint64_t)i;
  return counters;
}

static void SIMD(uniform)(uint64_t key, uint64_t first, int64_t count, REAL *output) {
  enum { draws = WORDS * 32 / WIDTH, draws_per_counter = 128 / WIDTH };
  int64_t skip = (int64_t)(first % draws_per_counter);
  for (uint64_t number = first / draws_per_counter; count > 0; number += COUNTERS) {
    uint32_t words[WORDS];
    REAL values[draws];
    SIMD(words) counters = SIMD(counters_from)(number);
    SIMD(philox)(key, counters, counters >> 32, 0, 0, words);
#if WIDTH == 32
    for (int i = 0; i < draws; i++) values[i] = (float)(int32_t)(words[i] >> 8) * 0x1p-24f;
#else
    for (int i = 0; i < draws; i++) values[i] = unit(words[2 * i], words[2 * i + 1]);
#endif
    int64_t length = draws - skip < count ? draws - skip : count;
    memcpy(output, values + skip, (size_t)length * sizeof(REAL));
    output += length;
    count -= length;
    skip = 0;
  }
}

static void SIMD(mask)(uint64_t key, int64_t rows, int64_t columns, const uint64_t *sequences, const uint32_t *steps,
                       uint64_t bound, REAL kept, REAL *output) {
  for (int64_t i = 0; i < rows; i++, output += columns)
    for (int64_t j = 0; j < columns; j += WORDS) {
      uint32_t words[WORDS];
      SIMD(words) step = steps[i], low = sequences[i], high = sequences[i] >> 32;
      SIMD(philox)(key, SIMD(counters_from)((uint64_t)j / 4), step, low, high, words);
      REAL values[WORDS];
      for (int w = 0; w < WORDS; w++) values[w] = words[w] < bound ? kept : 0;
      int64_t length = columns - j < WORDS ? columns - j : WORDS;
      memcpy(output + j, values, (size_t)length * sizeof(REAL));
    }
}

#undef INTERLEAVE_LOW
#undef INTERLEAVE_HIGH
#undef COUNTERS
#undef WORDS
