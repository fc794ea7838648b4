// The public reductions of one width: rows (or, down a tall matrix, columns) are split among the team.

typedef struct NAME(reduce_job) {
  unfold_reduction kind;
  int64_t outer, count, inner;
  const REAL *input;
  REAL *output;
} NAME(reduce_job);

static void NAME(reduce_rows_plain)(unfold_reduction kind, int64_t outer, int64_t count, const REAL *input,
                                    REAL *output) {
  NAME(unfold_reduce_plain)(kind, outer, count, 1, input, output);
}

static void NAME(reduce_rows)(void *context, int member, int members) {
  const NAME(reduce_job) *job = context;
  share s = share_of(job->outer, 1, member, members);
  DISPATCH(reduce_rows, NAME(reduce_rows_plain), job->kind, s.end - s.first, job->count,
           job->input + s.first * job->count, job->output + s.first)
}

/// The plain loop, of the columns first ..< end.
static void NAME(reduce_part_plain)(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, int64_t first,
                                    int64_t end, const REAL *input, REAL *output) {
  if (first == 0 && end == inner) {
    NAME(unfold_reduce_plain)(kind, outer, count, inner, input, output);
    return;
  }
  for (int64_t i = 0; i < outer; i++)
    for (int64_t k = first; k < end; k++) {
      REAL total = kind == UNFOLD_SUM ? 0 : kind == UNFOLD_MAX ? -(REAL)INFINITY : (REAL)INFINITY;
      for (int64_t j = 0; j < count; j++) {
        REAL x = input[(i * count + j) * inner + k];
        if (kind == UNFOLD_SUM)
          total += x;
        else if ((kind == UNFOLD_MAX ? x > total : x < total) || x != x)
          total = x;
      }
      output[i * inner + k] = total;
    }
}

static void NAME(reduce_columns)(void *context, int member, int members) {
  const NAME(reduce_job) *job = context;
  int64_t outer = job->outer, plane = job->count * job->inner;
  share planes = {0, outer}, columns = {0, job->inner};
  if (outer >= members)
    planes = share_of(outer, 1, member, members);
  else
    columns = share_of(job->inner, 16, member, members);
  DISPATCH(reduce_part, NAME(reduce_part_plain), job->kind, planes.end - planes.first, job->count, job->inner,
           columns.first, columns.end, job->input + planes.first * plane, job->output + planes.first * job->inner)
}

void NAME(unfold_reduce)(unfold_reduction kind, int64_t outer, int64_t count, int64_t inner, const REAL *input,
                         REAL *output) {
  NAME(reduce_job) job = {kind, outer, count, inner, input, output};
  unfold_team_run(members_for(outer * count * inner, 65536), inner == 1 ? NAME(reduce_rows) : NAME(reduce_columns),
                  &job);
}

typedef struct NAME(products_job) {
  int64_t rows, columns;
  const REAL *left, *right, *scale;
  int64_t left_stride, right_stride, scale_stride;
  REAL *output;
} NAME(products_job);

static void NAME(products_part)(void *context, int member, int members) {
  const NAME(products_job) *job = context;
  share s = share_of(job->columns, 16, member, members);
  DISPATCH(sum_of_products, NAME(unfold_sum_of_products_plain), job->rows, s.end - s.first, job->left + s.first,
           job->left_stride, job->right + s.first, job->right_stride, job->scale, job->scale_stride,
           job->output + s.first)
}

void NAME(unfold_sum_of_products)(int64_t rows, int64_t columns, const REAL *left, int64_t left_stride,
                                  const REAL *right, int64_t right_stride, const REAL *scale, int64_t scale_stride,
                                  REAL *output) {
  NAME(products_job) job = {rows, columns, left, right, scale, left_stride, right_stride, scale_stride, output};
  unfold_team_run(members_for(rows * columns, 65536), NAME(products_part), &job);
}

typedef struct NAME(squares_job) {
  int64_t count;
  const REAL *input;
  double *sums;
} NAME(squares_job);

static void NAME(sum_of_squares_plain)(int64_t chunks, int64_t count, const REAL *input, double *sums) {
  enum { lanes = 32 };
  for (int64_t c = 0; c < chunks; c++) {
    double total[lanes] = {0};
    for (int64_t j = c * SQUARES_CHUNK; j < count && j < (c + 1) * SQUARES_CHUNK; j++)
      total[j % lanes] += (double)input[j] * (double)input[j];
    for (int half = lanes / 2; half > 0; half /= 2)
      for (int lane = 0; lane < half; lane++) total[lane] += total[lane + half];
    sums[c] = total[0];
  }
}

static void NAME(squares_part)(void *context, int member, int members) {
  const NAME(squares_job) *job = context;
  share s = share_of((job->count + SQUARES_CHUNK - 1) / SQUARES_CHUNK, 1, member, members);
  DISPATCH(sum_of_squares, NAME(sum_of_squares_plain), s.end - s.first, job->count - s.first * SQUARES_CHUNK,
           job->input + s.first * SQUARES_CHUNK, job->sums + s.first)
}

double NAME(unfold_sum_of_squares)(int64_t count, const REAL *input) {
  double total = 0, sums[SQUARES_WAVE];
  for (int64_t first = 0; first < count; first += SQUARES_WAVE * SQUARES_CHUNK) {
    int64_t length = count - first < SQUARES_WAVE * SQUARES_CHUNK ? count - first : SQUARES_WAVE * SQUARES_CHUNK;
    NAME(squares_job) job = {length, input + first, sums};
    unfold_team_run(members_for(length, 65536), NAME(squares_part), &job);
    for (int64_t c = 0; c * SQUARES_CHUNK < length; c++) total += sums[c];
  }
  return total;
}

static void NAME(argmax_plain)(int64_t rows, int64_t columns, const REAL *input, int32_t *output) {
  for (int64_t i = 0; i < rows; i++, input += columns) {
    int64_t best = 0;
    for (int64_t j = 1; j < columns && input[best] == input[best]; j++)
      if (input[j] > input[best] || input[j] != input[j]) best = j;
    output[i] = (int32_t)best;
  }
}

static void NAME(log_sum_exp_plain)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < rows; i++, input += columns) {
    REAL largest, sum = 0;
    NAME(unfold_reduce_plain)(UNFOLD_MAX, 1, columns, 1, input, &largest);
    for (int64_t j = 0; j < columns; j++) sum += MATH(exp)(input[j] - largest);
    output[i] = isinf(largest) ? largest : largest + MATH(log)(sum);
  }
}

/// One of the functions of whole rows below, whose `output` is REAL except where `function` takes integers.
typedef struct NAME(rows_job) {
  int64_t rows, columns;
  const REAL *input;
  REAL *output;
  int32_t *indices;
} NAME(rows_job);

#define ROWS_PART(function, plain, target)                                                                   \
  static void NAME(function##_part)(void *context, int member, int members) {                                \
    const NAME(rows_job) *job = context;                                                                     \
    share s = share_of(job->rows, 1, member, members);                                                       \
    DISPATCH(function, plain, s.end - s.first, job->columns, job->input + s.first * job->columns, job->target) \
  }
ROWS_PART(softmax, NAME(unfold_softmax_plain), output + s.first * job->columns)
ROWS_PART(log_softmax, NAME(unfold_log_softmax_plain), output + s.first * job->columns)
ROWS_PART(log_sum_exp, NAME(log_sum_exp_plain), output + s.first)
ROWS_PART(argmax, NAME(argmax_plain), indices + s.first)
#undef ROWS_PART

void NAME(unfold_softmax)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  NAME(rows_job) job = {rows, columns, input, output, NULL};
  unfold_team_run(members_for(rows * columns, 16384), NAME(softmax_part), &job);
}

void NAME(unfold_log_softmax)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  NAME(rows_job) job = {rows, columns, input, output, NULL};
  unfold_team_run(members_for(rows * columns, 16384), NAME(log_softmax_part), &job);
}

void NAME(unfold_log_sum_exp)(int64_t rows, int64_t columns, const REAL *input, REAL *output) {
  NAME(rows_job) job = {rows, columns, input, output, NULL};
  unfold_team_run(members_for(rows * columns, 16384), NAME(log_sum_exp_part), &job);
}

void NAME(unfold_argmax)(int64_t rows, int64_t columns, const REAL *input, int32_t *output) {
  NAME(rows_job) job = {rows, columns, input, NULL, output};
  unfold_team_run(members_for(rows * columns, 65536), NAME(argmax_part), &job);
}
