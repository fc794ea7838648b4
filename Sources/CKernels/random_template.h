// The public random kernels of one width. A draw is a function of its number, so the team may split anywhere.

typedef struct NAME(draws_job) {
  uint64_t key, first;
  int64_t count;
  REAL *output;
} NAME(draws_job);

static void NAME(uniform_plain)(uint64_t key, uint64_t first, int64_t count, REAL *output) {
  uint32_t words[4];
  enum { draws = 128 / WIDTH };
  for (int64_t i = 0; i < count; i++) {
    uint64_t draw = first + (uint64_t)i;
    if (i == 0 || draw % draws == 0) words_at(key, draw / draws, words);
#if WIDTH == 32
    output[i] = (float)(words[draw % 4] >> 8) * 0x1p-24f;
#else
    output[i] = unit(words[draw % 2 * 2], words[draw % 2 * 2 + 1]);
#endif
  }
}

static void NAME(uniform_part)(void *context, int member, int members) {
  const NAME(draws_job) *job = context;
  share s = share_of(job->count, 64, member, members);
  DISPATCH(uniform, NAME(uniform_plain), job->key, job->first + (uint64_t)s.first, s.end - s.first,
           job->output + s.first)
}

void NAME(unfold_uniform)(uint64_t key, uint64_t first, int64_t count, REAL *output) {
  NAME(draws_job) job = {key, first, count, output};
  unfold_team_run(members_for(count, 32768), NAME(uniform_part), &job);
}

static void NAME(normal_part)(void *context, int member, int members) {
  const NAME(draws_job) *job = context;
  share s = share_of(job->count, 64, member, members);
  for (int64_t i = s.first; i < s.end; i++) job->output[i] = (REAL)normal(job->key, job->first + (uint64_t)i);
}

void NAME(unfold_normal)(uint64_t key, uint64_t first, int64_t count, REAL *output) {
  NAME(draws_job) job = {key, first, count, output};
  unfold_team_run(members_for(count, 1024), NAME(normal_part), &job);
}

typedef struct NAME(mask_job) {
  uint64_t key;
  int64_t rows, columns;
  const uint64_t *sequences;
  const uint32_t *steps;
  uint64_t bound;
  REAL kept;
  REAL *output;
} NAME(mask_job);

static void NAME(mask_plain)(uint64_t key, int64_t rows, int64_t columns, const uint64_t *sequences,
                             const uint32_t *steps, uint64_t bound, REAL kept, REAL *output) {
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

static void NAME(mask_part)(void *context, int member, int members) {
  const NAME(mask_job) *job = context;
  share s = share_of(job->rows, 1, member, members);
  DISPATCH(mask, NAME(mask_plain), job->key, s.end - s.first, job->columns, job->sequences + s.first,
           job->steps + s.first, job->bound, job->kept, job->output + s.first * job->columns)
}

void NAME(unfold_mask)(uint64_t key, int64_t rows, int64_t columns, const uint64_t *sequences, const uint32_t *steps,
                       double keep, REAL kept, REAL *output) {
  NAME(mask_job) job = {key, rows, columns, sequences, steps, (uint64_t)ceil(keep * 0x1p32), kept, output};
  unfold_team_run(members_for(rows * columns, 32768), NAME(mask_part), &job);
}
