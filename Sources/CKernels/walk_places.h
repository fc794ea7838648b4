// Where the rows of a front lie, in one width.

static inline REAL *NAME(at)(const unfold_walk_view *view, const int64_t *origins) {
  return (REAL *)view->base + origins[view->origin] * view->row_stride;
}

/// The rows at which a front begins, by unfold_origin.
static inline void NAME(find_origins)(const unfold_walk *walk, int64_t front, int64_t step, int64_t *origins) {
  origins[UNFOLD_ORIGIN_NODE] = walk->nodes[front];
  origins[UNFOLD_ORIGIN_FRONT] = step % 2 * walk->front_rows;
  for (int64_t slot = 0; slot < walk->slot_count; slot++)
    origins[UNFOLD_ORIGIN_BEFORE + slot] = walk->before[slot][front];
}
