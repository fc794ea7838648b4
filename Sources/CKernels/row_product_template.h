// The public row products of one width.

void NAME(unfold_row_product)(unfold_row_product_shape shape, int64_t count, const REAL *left, int64_t left_stride,
                              const REAL *right, int64_t right_stride, REAL *output, int64_t output_stride) {
  DISPATCH(row_product_run, NAME(row_product_run_plain), shape, count, left, left_stride, right, right_stride, output,
           output_stride)
}

typedef struct NAME(row_product_job) {
  unfold_row_product_shape shape;
  int64_t count;
  const REAL *left, *right;
  REAL *output;
  int64_t left_stride, right_stride, output_stride;
} NAME(row_product_job);

static void NAME(row_product_part)(void *context, int member, int members) {
  const NAME(row_product_job) *job = context;
  const share s = share_of(job->count, 1, member, members);
  NAME(unfold_row_product)(job->shape, s.end - s.first, job->left + s.first * job->left_stride, job->left_stride,
                           job->right + s.first * job->right_stride, job->right_stride,
                           job->output + s.first * job->output_stride, job->output_stride);
}

void NAME(unfold_row_products)(unfold_row_product_shape shape, int64_t count, const REAL *left, int64_t left_stride,
                               const REAL *right, int64_t right_stride, REAL *output, int64_t output_stride) {
  NAME(row_product_job) job = {shape, count, left, right, output, left_stride, right_stride, output_stride};
  unfold_team_run(members_for(count * shape.rows * shape.columns * shape.inner, 65536), NAME(row_product_part), &job);
}
