// The walk and the pass over whole rows in one width.

static inline REAL *NAME(at)(const unfold_walk_view *view, const int64_t origins[4]) {
  return (REAL *)view->base + origins[view->origin] * view->row_stride;
}

static void NAME(multiply)(const unfold_walk_product *product, const int64_t origins[4], int64_t rows, int64_t first,
                           int64_t count) {
  const REAL *left = NAME(at)(&product->left, origins);
  REAL *output = NAME(at)(&product->output, origins);
  NAME(unfold_packed_multiply)(rows, product->inner, left, product->left.row_stride, product->packed, product->columns,
                               first, count, output, product->output.row_stride, product->accumulate);
}

/// Packs the columns first ..< first + count, `first` a multiple of a panel.
static void NAME(pack)(const unfold_walk_product *product, int64_t first, int64_t count) {
  if (product->right == NULL) return;
  const REAL *right = (const REAL *)product->right + first * (product->transposed ? product->right_stride : 1);
  NAME(unfold_pack)(product->transposed, product->inner, count, right, product->right_stride,
                    (REAL *)product->packed + unfold_packed_size(product->inner, first));
}

static void NAME(run_stage)(const unfold_walk_stage *stage, const int64_t origins[4], int64_t rows, int member,
                            int members) {
  share columns = {0, stage->columns}, taken = {0, rows};
  if (stage->by_rows) {
    taken = share_of(rows, 1, member, members);
  } else {
    columns = share_of(stage->columns, UNFOLD_PACKED_UNIT, member, members);
  }
  if (taken.end <= taken.first || columns.end <= columns.first) return;

  for (int64_t i = 0; i < stage->product_count; i++)
    NAME(multiply)(&stage->products[i], origins, rows, columns.first, columns.end - columns.first);
  if (stage->tile.instruction_count == 0) return;
  REAL *views[UNFOLD_WALK_VIEWS];
  for (int64_t i = 0; i < stage->tile.view_count; i++)
    views[i] = NAME(at)(&stage->views[i], origins) + taken.first * stage->views[i].row_stride;
  NAME(unfold_tile_run)(&stage->tile, views, taken.end - taken.first, columns.first, columns.end);
}

static void NAME(walk_part)(void *context, int member, int members) {
  const unfold_walk *walk = context;
  for (int64_t i = 0; i < walk->stage_count; i++) {
    const unfold_walk_stage *stage = &walk->stages[i];
    share columns = share_of(stage->columns, UNFOLD_PACKED_UNIT, member, members);
    for (int64_t j = 0; j < stage->product_count; j++)
      NAME(pack)(&stage->products[j], columns.first, columns.end - columns.first);
  }
  for (int64_t step = 0; step < walk->front_count; step++) {
    const int64_t front = walk->descending ? walk->front_count - 1 - step : step;
    const int64_t origins[4] = {0, walk->nodes[front], walk->before[front], step % 2 * walk->front_rows};
    for (int64_t i = 0; i < walk->stage_count; i++) {
      NAME(run_stage)(&walk->stages[i], origins, walk->rows[front], member, members);
      if (walk->stages[i].barrier) unfold_team_barrier(members);
    }
  }
}

void NAME(unfold_walk)(const unfold_walk *walk) {
  unfold_team_run(walk->limit, NAME(walk_part), (void *)walk);
}

typedef struct NAME(rows_job) {
  const unfold_tile_program *program;
  REAL *const *views;
  int64_t rows, columns;
} NAME(rows_job);

static void NAME(rows_part)(void *context, int member, int members) {
  const NAME(rows_job) *job = context;
  share s = share_of(job->rows, 1, member, members);
  if (s.end <= s.first) return;
  REAL *views[UNFOLD_WALK_VIEWS];
  for (int64_t i = 0; i < job->program->view_count; i++)
    views[i] = job->views[i] + s.first * job->program->views[i].row_stride;
  NAME(unfold_tile_run)(job->program, views, s.end - s.first, 0, job->columns);
}

void NAME(unfold_tile_rows)(const unfold_tile_program *program, REAL *const *views, int64_t rows, int64_t columns) {
  NAME(rows_job) job = {program, views, rows, columns};
  int64_t work = rows * columns * program->instruction_count;
  unfold_team_run(members_for(work, 65536), NAME(rows_part), &job);
}
