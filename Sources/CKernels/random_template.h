void NAME(unfold_mask)(uint64_t key, int64_t rows, int64_t columns, const uint64_t *sequences, const uint32_t *steps,
                       double keep, REAL kept, REAL *output) {
  uint64_t bound = (uint64_t)(keep * 0x1p32);
  uint32_t key_words[2] = {(uint32_t)key, (uint32_t)(key >> 32)}, words[4];
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      if (j % 4 == 0) {
        uint32_t counter[4] = {(uint32_t)(j / 4), steps[i], (uint32_t)sequences[i], (uint32_t)(sequences[i] >> 32)};
        unfold_philox(key_words, counter, words);
      }
      output[i * columns + j] = words[j % 4] < bound ? kept : 0;
    }
}
