// The walk and the pass over whole rows in one width.

#if WIDTH == 32
/// Whether two products take the same rows of the same left operand apart.
static bool share_left(const unfold_walk_product *a, const unfold_walk_product *b) {
  return a->left.base == b->left.base && a->left.origin == b->left.origin && a->left.row_stride == b->left.row_stride &&
         a->inner == b->inner && a->bf16_parts == b->bf16_parts;
}

/// The first of `products` over some rows and columns, and those after it that share its left operand, which is taken
/// apart once for them all; returns how many they are.
static int64_t multiply_together(const unfold_walk_product *products, int64_t count, const int64_t *origins,
                                 share taken, share columns) {
  unfold_bf16_product all[UNFOLD_WALK_TOGETHER];
  int64_t together = 0;
  while (together < count && together < UNFOLD_WALK_TOGETHER && share_left(products, products + together)) {
    const unfold_walk_product *product = &products[together];
    all[together++] = (unfold_bf16_product){
        .packed = product->packed,
        .output = NAME(at)(&product->output, origins) + taken.first * product->output.row_stride,
        .output_stride = product->output.row_stride,
        .accumulate = product->accumulate,
    };
  }
  const float *left = NAME(at)(&products->left, origins) + taken.first * products->left.row_stride;
  unfold_packed_multiply_bf16((unfold_bf16_parts)products->bf16_parts, taken.end - taken.first, products->inner, left,
                              products->left.row_stride, columns.first, columns.end - columns.first, together, all);
  return together;
}
#endif

/// No product: zeros, unless it would have been added.
static void NAME(skip)(const unfold_walk_product *product, const int64_t *origins, share taken, share columns) {
  if (product->accumulate) return;
  REAL *output = NAME(at)(&product->output, origins) + columns.first;
  for (int64_t row = taken.first; row < taken.end; row++)
    memset(output + row * product->output.row_stride, 0, (size_t)(columns.end - columns.first) * sizeof(REAL));
}

/// The products of a stage over some rows and columns; without those of predecessors where `skips`.
static void NAME(multiply)(const unfold_walk_stage *stage, const int64_t *origins, bool skips, share taken,
                           share columns) {
  for (int64_t i = 0, done; i < stage->product_count; i += done) {
    const unfold_walk_product *product = &stage->products[i];
    done = 1;
    if (skips && product->of_predecessors) {
      NAME(skip)(product, origins, taken, columns);
      continue;
    }
#if WIDTH == 32
    if (product->bf16_parts != 0) {
      done = multiply_together(product, stage->product_count - i, origins, taken, columns);
      continue;
    }
#endif
    const REAL *left = NAME(at)(&product->left, origins) + taken.first * product->left.row_stride;
    REAL *output = NAME(at)(&product->output, origins) + taken.first * product->output.row_stride;
    NAME(unfold_packed_multiply)(taken.end - taken.first, product->inner, left, product->left.row_stride,
                                 product->packed, product->columns, columns.first, columns.end - columns.first, output,
                                 product->output.row_stride, product->accumulate);
  }
}

/// Packs the columns first ..< first + count, `first` a multiple of a panel.
static void NAME(pack)(const unfold_walk_product *product, int64_t first, int64_t count) {
  if (product->right == NULL) return;
  const REAL *right = (const REAL *)product->right + first * (product->transposed ? product->right_stride : 1);
#if WIDTH == 32
  if (product->bf16_parts != 0) {
    const unfold_bf16_parts parts = (unfold_bf16_parts)product->bf16_parts;
    unfold_pack_bf16(parts, product->transposed, product->inner, count, right, product->right_stride,
                     (uint16_t *)product->packed + unfold_packed_size_bf16(parts, product->inner, first));
    return;
  }
#endif
  NAME(unfold_pack)(product->transposed, product->inner, count, right, product->right_stride,
                    (REAL *)product->packed + unfold_packed_size(product->inner, first));
}

/// A part of a stage's columns.
static void NAME(run_columns)(const unfold_walk_stage *stage, const int64_t *origins, bool skips, share taken,
                              share columns) {
  NAME(multiply)(stage, origins, skips, taken, columns);
  for (int64_t i = 0; i < stage->row_product_count; i++) {
    const unfold_walk_row_product *product = &stage->row_products[i];
    NAME(unfold_row_product)(product->shape, taken.end - taken.first,
                             NAME(at)(&product->left, origins) + taken.first * product->left.row_stride,
                             product->left.row_stride,
                             NAME(at)(&product->right, origins) + taken.first * product->right.row_stride,
                             product->right.row_stride,
                             NAME(at)(&product->output, origins) + taken.first * product->output.row_stride,
                             product->output.row_stride);
  }
  if (stage->tile.instruction_count == 0) return;
  REAL *views[UNFOLD_WALK_VIEWS];
  for (int64_t i = 0; i < stage->tile.view_count; i++)
    views[i] = NAME(at)(&stage->views[i], origins) + taken.first * stage->views[i].row_stride;
  NAME(unfold_tile_run)(&stage->tile, views, taken.end - taken.first, columns.first, columns.end);
}

/// How many columns of `all` columns' rows go through a stage at a time: of products that a program follows as many as
/// stay in the cache until then. Operands that are taken apart for each call are not taken apart again.
static int64_t NAME(columns_at_a_time)(const unfold_walk_stage *stage, int64_t rows, int64_t all) {
  if (stage->by_rows || stage->product_count == 0 || stage->tile.instruction_count == 0) return all;
  for (int64_t i = 0; i < stage->product_count; i++)
    if (stage->products[i].bf16_parts != 0) return all;
  const int64_t few = TOGETHER_BYTES / (rows * (int64_t)sizeof(REAL)) / UNFOLD_PACKED_UNIT * UNFOLD_PACKED_UNIT;
  return few > UNFOLD_PACKED_UNIT ? few : UNFOLD_PACKED_UNIT;
}

/// A stage over some rows and columns of a front, whose sequences' rows lie one after the other.
static void NAME(run_stage)(const unfold_walk_stage *stage, const int64_t *origins, bool skips, share taken,
                            share columns) {
  if (taken.end <= taken.first || columns.end <= columns.first) return;
  const int64_t few = NAME(columns_at_a_time)(stage, taken.end - taken.first, columns.end - columns.first);
  for (int64_t first = columns.first; first < columns.end; first += few) {
    const share some = {first, first + few < columns.end ? first + few : columns.end};
    NAME(run_columns)(stage, origins, skips, taken, some);
  }
}

/// A stage over some rows and columns of a front.
static void NAME(run_rows)(const unfold_walk *walk, const unfold_walk_stage *stage, int64_t *origins, bool skips,
                           share taken, share columns) {
  if (walk->context_rows == NULL || !stage->reads_contexts) {
    NAME(run_stage)(stage, origins, skips, taken, columns);
    return;
  }
  for (int64_t row = taken.first; row < taken.end; row++) {
    origins[UNFOLD_ORIGIN_CONTEXT] = walk->context_rows[row] - row;
    NAME(run_stage)(stage, origins, skips, (share){row, row + 1}, columns);
  }
}

/// How many bytes a row of a stage without products is made of.
static int64_t NAME(row_bytes)(const unfold_walk_stage *stage) {
  int64_t elements = 0;
  for (int64_t i = 0; i < stage->tile.view_count; i++) elements += stage->views[i].row_stride;
  for (int64_t i = 0; i < stage->row_product_count; i++) {
    const unfold_walk_row_product *product = &stage->row_products[i];
    elements += product->left.row_stride + product->right.row_stride + product->output.row_stride;
  }
  return elements * (int64_t)sizeof(REAL);
}

/// Stages first ..< end, none with products of weights, over some whole rows: a few rows go through all of them before
/// the next do, so that what a stage makes is in the cache when the next one reads it.
static void NAME(run_together)(const unfold_walk *walk, int64_t first, int64_t end, int64_t *origins, bool skips,
                               share taken) {
  int64_t rows = taken.end - taken.first;
  if (end - first > 1 || walk->stages[first].row_product_count > 0) {
    int64_t bytes = 1;
    for (int64_t i = first; i < end; i++) bytes += NAME(row_bytes)(&walk->stages[i]);
    const int64_t few = TOGETHER_BYTES / bytes > 1 ? TOGETHER_BYTES / bytes : 1;
    if (few < rows) rows = few;
  }
  for (int64_t row = taken.first; row < taken.end; row += rows) {
    const share some = {row, row + rows < taken.end ? row + rows : taken.end};
    origins[UNFOLD_ORIGIN_PASSED_ON] = taken.first - row;
    for (int64_t i = first; i < end; i++)
      NAME(run_rows)(walk, &walk->stages[i], origins, skips, some, (share){0, walk->stages[i].columns});
  }
}

/// The rows of `member` when each walks its own: as many nodes to each as whole rows allow, longer rows first.
static share NAME(own_rows)(const unfold_walk *walk, int member, int members) {
  int64_t nodes = 0, seen = 0;
  for (int64_t front = 0; front < walk->front_count; front++) nodes += walk->rows[front];
  // Fronts shrink, so row r is in as many of them as have more than r rows.
  int64_t fronts = walk->front_count;
  share own = {walk->front_rows, walk->front_rows};
  for (int64_t row = 0; row < walk->front_rows; row++) {
    while (fronts > 0 && walk->rows[fronts - 1] <= row) fronts--;
    // A row belongs to whoever owns the middle of its nodes.
    const int64_t owner = (2 * seen + fronts) * members / (2 * nodes);
    if (owner == member && own.first > row) own.first = row;
    if (owner > member && own.end > row) own.end = row;
    seen += fronts;
  }
  if (own.first > own.end) own.first = own.end;
  return own;
}

/// Brings together the predecessors' rows for some rows of a front, which begins at node `first`.
static void NAME(gather)(const unfold_walk *walk, int64_t first, share taken) {
  for (int64_t i = 0; i < walk->gather_count; i++) {
    const unfold_walk_gather *gather = &walk->gathers[i];
    const size_t bytes = (size_t)gather->columns * sizeof(REAL);
    REAL *gathered = (REAL *)gather->gathered;
    for (int64_t row = taken.first; row < taken.end; row++) {
      if (gather->adds)
        memset(gathered + row * gather->columns, 0, bytes);
      else
        memcpy(gathered + row * gather->columns,
               (const REAL *)gather->rows + gather->indices[first + row] * gather->columns, bytes);
    }
  }
}

/// Adds what a front of so many rows has added to its predecessors' to where they are: each thread its columns, so that
/// each element takes in its terms in one order.
static void NAME(scatter)(const unfold_walk *walk, int64_t first, int64_t rows, int member, int members) {
  for (int64_t i = 0; i < walk->gather_count; i++) {
    const unfold_walk_gather *gather = &walk->gathers[i];
    if (!gather->adds) continue;
    const share columns = share_of(gather->columns, 16, member, members);
    for (int64_t row = 0; row < rows; row++) {
      const REAL *from = (const REAL *)gather->gathered + row * gather->columns;
      REAL *to = (REAL *)gather->rows + gather->indices[first + row] * gather->columns;
      for (int64_t j = columns.first; j < columns.end; j++) to[j] += from[j];
    }
  }
}

/// The end of the stages from `first` on that a thread may take rows of its own through: those without products of
/// weights that are parted by rows, or any such where all stages are.
static int64_t NAME(end_of_rows)(const unfold_walk *walk, int64_t first, bool by_rows) {
  int64_t end = first;
  while (end < walk->stage_count && walk->stages[end].product_count == 0 && (by_rows || walk->stages[end].by_rows))
    end++;
  return end;
}

/// All stages of a front. Threads have met before.
static void NAME(walk_front)(const unfold_walk *walk, int64_t front, int64_t *origins, share own, int member,
                             int members) {
  const int64_t rows = walk->rows[front], first = walk->nodes[front];
  const bool gathers = walk->sharing == UNFOLD_SHARE_FRONTS, skips = walk->skips_starts && front == 0;
  const bool by_rows = walk->sharing == UNFOLD_SHARE_LANES || (gathers && rows >= walk->whole_rows);
  share mine = gathers ? share_of(rows, 1, member, members) : own;
  if (mine.end > rows) mine.end = rows;
  if (gathers) NAME(gather)(walk, first, mine);
  if (gathers && !by_rows) unfold_team_barrier(members);
  for (int64_t i = 0, end; i < walk->stage_count; i = end) {
    end = NAME(end_of_rows)(walk, i, by_rows);
    bool meets = false;
    if (end > i) {
      NAME(run_together)(walk, i, end, origins, skips, by_rows ? mine : share_of(rows, 1, member, members));
      for (int64_t j = i; j < end; j++) meets = meets || walk->stages[j].barrier;
    } else {
      const unfold_walk_stage *stage = &walk->stages[i];
      share taken = {0, rows}, columns = {0, stage->columns};
      if (by_rows)
        taken = mine;
      else if (stage->by_rows)
        taken = share_of(rows, 1, member, members);
      else
        columns = share_of(stage->columns, UNFOLD_PACKED_UNIT, member, members);
      NAME(run_rows)(walk, stage, origins, skips, taken, columns);
      meets = stage->barrier;
      end = i + 1;
    }
    if (!by_rows && meets) unfold_team_barrier(members);
  }
  if (!gathers) return;
  // The last stage's barrier may be left out where nothing is gathered; and here rows of the next front are others'.
  if (by_rows || !walk->stages[walk->stage_count - 1].barrier) unfold_team_barrier(members);
  if (!walk->adds || skips) return;
  NAME(scatter)(walk, first, rows, member, members);
  unfold_team_barrier(members);
}

/// Brings rows to all lanes that have them in common: each thread its columns. A row is read before it is written over,
/// for it goes to rows behind it alone.
static void NAME(spread)(const unfold_walk *walk, int member, int members) {
  for (int64_t i = 0; i < walk->spread_count; i++) {
    const unfold_walk_spread *spread = &walk->spreads[i];
    const share columns = share_of(spread->columns, 16, member, members);
    if (columns.end <= columns.first) continue;
    REAL *rows = (REAL *)spread->rows + columns.first;
    for (int64_t row = walk->rows[0] - 1; row > 0; row--) {
      const int64_t from = walk->spread_from[row];
      if (from == row) continue;
      memcpy(rows + row * spread->row_stride, rows + from * spread->row_stride,
             (size_t)(columns.end - columns.first) * sizeof(REAL));
    }
  }
}

static void NAME(walk_part)(void *context, int member, int members) {
  const unfold_walk *walk = context;
  for (int64_t i = 0; i < walk->stage_count; i++) {
    const unfold_walk_stage *stage = &walk->stages[i];
    share columns = share_of(stage->columns, UNFOLD_PACKED_UNIT, member, members);
    for (int64_t j = 0; j < stage->product_count; j++)
      NAME(pack)(&stage->products[j], columns.first, columns.end - columns.first);
  }
  if (walk->spread_count > 0) {
    NAME(spread)(walk, member, members);
    unfold_team_barrier(members);
  }
  share own = {0, 0};
  if (walk->sharing == UNFOLD_SHARE_LANES) own = NAME(own_rows)(walk, member, members);
  // Whoever walks rows of its own reads all columns.
  if (walk->sharing != UNFOLD_SHARE_STAGES) unfold_team_barrier(members);
  int64_t origins[UNFOLD_ORIGIN_BEFORE + UNFOLD_WALK_SLOTS] = {0};
  for (int64_t step = 0; step < walk->front_count; step++) {
    const int64_t front = walk->descending ? walk->front_count - 1 - step : step;
    NAME(find_origins)(walk, front, step, origins);
    NAME(walk_front)(walk, front, origins, own, member, members);
  }
}

static void NAME(scan_part)(void *context, int member, int members) {
  const unfold_walk *walk = context;
  for (int64_t i = 0; i < walk->scan_count; i++) {
    const unfold_walk_scan *scan = &walk->scans[i];
    const bool is_lanes = walk->sharing == UNFOLD_SHARE_LANES;
    const share rows = is_lanes ? NAME(own_rows)(walk, member, members) : (share){0, walk->front_rows};
    const share columns = is_lanes ? (share){0, scan->columns} : share_of(scan->columns, 16, member, members);
    DISPATCH(scan, NAME(scan_plain), walk, scan, rows, columns)
  }
}

void NAME(unfold_walk)(const unfold_walk *walk) {
  unfold_team_run(walk->limit, walk->scan_count > 0 ? NAME(scan_part) : NAME(walk_part), (void *)walk);
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
