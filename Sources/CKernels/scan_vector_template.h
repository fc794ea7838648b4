// One row of a scan, in plain loops that the compiler makes vectors of.

static void SIMD(scan_row)(int64_t columns, const REAL *from, const REAL *factor, const REAL *addend, bool adds, REAL *to) {
  if (adds)
    for (int64_t j = 0; j < columns; j++) to[j] += from[j] * factor[j];
  else if (addend != NULL)
    for (int64_t j = 0; j < columns; j++) to[j] = MATH(__builtin_fma)(from[j], factor[j], addend[j]);
  else
    for (int64_t j = 0; j < columns; j++) to[j] = from[j] * factor[j];
}

/// All fronts of a scan, over some rows and columns.
static void SIMD(scan)(const unfold_walk *walk, const unfold_walk_scan *scan, share rows, share columns) {
  int64_t origins[UNFOLD_ORIGIN_BEFORE + UNFOLD_WALK_SLOTS] = {0};
  for (int64_t step = 0; step < walk->front_count; step++) {
    const int64_t front = walk->descending ? walk->front_count - 1 - step : step;
    NAME(find_origins)(walk, front, step, origins);
    const REAL *from = NAME(at)(&scan->from, origins), *factor = NAME(at)(&scan->factor, origins);
    const REAL *addend = scan->has_addend ? NAME(at)(&scan->addend, origins) : NULL;
    REAL *to = NAME(at)(&scan->to, origins);
    const int64_t end = rows.end < walk->rows[front] ? rows.end : walk->rows[front];
    for (int64_t row = rows.first; row < end; row++)
      SIMD(scan_row)(columns.end - columns.first, from + row * scan->from.row_stride + columns.first,
                     factor + row * scan->factor.row_stride + columns.first,
                     addend == NULL ? NULL : addend + row * scan->addend.row_stride + columns.first, scan->adds,
                     to + row * scan->to.row_stride + columns.first);
  }
}
