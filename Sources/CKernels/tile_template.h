// The public function of one width, for the instruction set in use.

void NAME(unfold_tile_run)(const unfold_tile_program *program, REAL *const *views, int64_t rows, int64_t first,
                           int64_t end) {
  if (rows <= 0 || end <= first) return;
  DISPATCH(tile_run, NAME(unfold_tile_run_plain), program, views, rows, first, end)
}
