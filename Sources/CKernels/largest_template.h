// The public kernels of one width, and the plain loops.

static void NAME(largest_plain)(const NAME(largest_job) *job) {
  for (int64_t i = 0; i < job->rows; i++) {
    REAL *values = job->values + i * job->count;
    int32_t *indices = job->indices + i * job->count;
    NAME(clear)(job->count, values, indices);
    NAME(take_larger)(job->input + i * job->columns, 0, job->columns, job->count, values, indices);
  }
}

static void NAME(largest_part)(void *context, int member, int members) {
  NAME(largest_job) part = *(const NAME(largest_job) *)context;
  share s = share_of(part.rows, 1, member, members);
  part.rows = s.end - s.first;
  part.input += s.first * part.columns;
  part.values += s.first * part.count;
  part.indices += s.first * part.count;
  DISPATCH(largest, NAME(largest_plain), &part)
}

void NAME(unfold_largest)(int64_t rows, int64_t columns, int64_t count, const REAL *input, REAL *values,
                          int32_t *indices) {
  NAME(largest_job) job = {rows, columns, count, input, values, indices};
  unfold_team_run(members_for(rows * columns, 65536), NAME(largest_part), &job);
}
