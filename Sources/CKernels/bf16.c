#include "include/bf16.h"

#include "bf16_unit.h"
#include "include/team.h"
#include "matmul_tiles.h"
#include "scratch.h"

enum {
  /// The most rows that are rounded at a time for a packed operand: they stay in the second-level cache.
  block_rows = 128,
  /// Of a product of two unpacked operands: columns of the right one packed at a time, a multiple of UNFOLD_PACKED_UNIT,
  /// which should stay in the second-level cache, …
  region_columns = 256,
  /// … and elements of the left one rounded at a time, which should stay in the last-level cache.
  region_elements = 1 << 20,
  /// Rows of a left operand stored by k that are gathered at a time.
  gathered_rows = BF16_ROWS,
  /// Bytes of packed columns that do not stay in the second-level cache.
  far_bytes = 1 << 20,
};

static int64_t divide_up(int64_t value, int64_t by) { return (value + by - 1) / by; }
static int64_t round_up(int64_t value, int64_t to) { return divide_up(value, to) * to; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t unfold_packed_size_bf16(unfold_bf16_parts parts, int64_t inner, int64_t columns) {
  if (inner <= 0 || columns <= 0) return 0;
  return parts * round_up(columns, UNFOLD_PACKED_UNIT) * round_up(inner, BF16_STEPS);
}

void unfold_pack_bf16(unfold_bf16_parts parts, bool transposed, int64_t inner, int64_t columns, const float *right,
                      int64_t stride, uint16_t *packed) {
  if (inner <= 0 || columns <= 0) return;
  const int64_t panel = parts * UNFOLD_PACKED_UNIT * round_up(inner, BF16_STEPS);
  unfold_bf16_functions(parts).pack(parts, transposed, inner, columns, right, stride, packed, panel);
}

static bool is_far(unfold_bf16_parts parts, int64_t steps, int64_t columns) {
  return (int64_t)sizeof(uint16_t) * parts * steps * columns > far_bytes;
}

/// What no steps of k make of the output.
static void multiply_nothing(int64_t rows, int64_t columns, float *output, int64_t output_stride, bool accumulate) {
  for (int64_t i = 0; i < rows && !accumulate; i++) {
    memset(output + i * output_stride, 0, (size_t)columns * sizeof(float));
  }
}

void unfold_packed_multiply_bf16(unfold_bf16_parts parts, int64_t rows, int64_t inner, const float *left,
                                 int64_t left_stride, int64_t first, int64_t count, int64_t product_count,
                                 const unfold_bf16_product *products) {
  if (rows <= 0 || count <= 0) return;
  if (inner <= 0) {
    for (int64_t i = 0; i < product_count; i++) {
      multiply_nothing(rows, count, products[i].output + first, products[i].output_stride, products[i].accumulate);
    }
    return;
  }
  const bf16_functions functions = unfold_bf16_functions(parts);
  const int64_t steps = round_up(inner, BF16_STEPS);
  void *rounded = unfold_scratch((size_t)(round_up(least(rows, block_rows), BF16_ROWS) * steps) * functions.left_bytes);
  for (int64_t row = 0; row < rows; row += block_rows) {
    const int64_t height = least(rows - row, block_rows);
    functions.round(parts, height, inner, steps, left + row * left_stride, left_stride, rounded);
    for (int64_t i = 0; i < product_count; i++) {
      const bf16_block block = {
          .rows = height,
          .steps = steps,
          .parts = parts,
          .left = rounded,
          .packed = products[i].packed + parts * first * steps,
          .panel = parts * UNFOLD_PACKED_UNIT * steps,
          .columns = count,
          .output = products[i].output + row * products[i].output_stride + first,
          .output_stride = products[i].output_stride,
          .add = products[i].accumulate,
          .is_far = is_far(parts, steps, count),
      };
      functions.multiply(&block);
    }
  }
}

typedef struct job {
  unfold_bf16_parts parts;
  const unfold_matmul_shape *shape;
  const float *left;
  int64_t right_count;
  const unfold_matmul_right *rights;
  bf16_functions functions;
} job;

/// rounded[rows, parts · steps] = the left operand from `row` and `k` on. `gathered` has room for gathered_rows by `steps`.
static void round_left(const job *job, int64_t row, int64_t rows, int64_t k, int64_t inner, int64_t steps,
                       float *gathered, char *rounded) {
  const int64_t stride = job->shape->left_stride;
  if (!job->shape->transpose_left) {
    job->functions.round(job->parts, rows, inner, steps, job->left + row * stride + k, stride, rounded);
    return;
  }
  if (job->functions.round_columns != NULL) {
    job->functions.round_columns(rows, inner, steps, job->left + k * stride + row, stride, round_up(rows, BF16_ROWS),
                                 rounded);
    return;
  }
  for (int64_t i = 0; i < rows; i += gathered_rows) {
    const int64_t count = least(rows - i, gathered_rows);
    job->functions.gather(count, inner, job->left + k * stride + row + i, stride, gathered, steps);
    job->functions.round(job->parts, count, inner, steps, gathered, steps,
                         rounded + (size_t)(i * steps) * job->functions.left_bytes);
  }
}

/// The packed columns by the rounded rows, some of these at a time; `output` is at the first of both.
static void multiply_slices(const job *job, bf16_block block, float *output, const char *rounded) {
  const int64_t rows = block.rows;
  const bool by_columns = job->shape->transpose_left && job->functions.round_columns != NULL;
  if (by_columns) block.left_room = round_up(rows, BF16_ROWS);
  // A pair of steps of a row, or all steps of it.
  const size_t row_bytes = by_columns ? sizeof(uint32_t) : (size_t)block.steps * job->functions.left_bytes;
  const int64_t slice = job->functions.region_slice;
  for (int64_t done = 0; done < rows; done += slice) {
    block.rows = least(rows - done, slice);
    block.left = rounded + (size_t)done * row_bytes;
    block.next = done + slice < rows ? rounded + (size_t)(done + slice) * row_bytes : NULL;
    block.output = output + done * block.output_stride;
    job->functions.multiply(&block);
  }
}

/// Rounded rows by the columns column ..< end of one right operand, `widest` at a time; `k` is the first step.
static void multiply_columns(const job *job, const unfold_matmul_right *right, int64_t column, int64_t end,
                             int64_t widest, int64_t row, int64_t rows, int64_t k, int64_t inner,
                             const char *rounded, uint16_t *packed) {
  const bool transposed = job->shape->transpose_right;
  for (; column < end; column += widest) {
    const int64_t steps = round_up(inner, BF16_STEPS);
    const bf16_block block = {
        .rows = rows,
        .steps = steps,
        .parts = job->parts,
        .packed = packed,
        .panel = job->parts * UNFOLD_PACKED_UNIT * steps,
        .columns = least(end - column, widest),
        .output_stride = right->output_stride,
        .add = job->shape->accumulate || k > 0,
    };
    const float *values = right->values + (transposed ? column * right->stride + k : k * right->stride + column);
    job->functions.pack(job->parts, transposed, inner, block.columns, values, right->stride, packed, block.panel);
    multiply_slices(job, block, right->output + row * right->output_stride + column, rounded);
  }
}

/// A region of the outputs side by side, each as wide as its panels.
static void multiply_region(const job *job, matmul_region region) {
  const unfold_matmul_shape *shape = job->shape;
  const int64_t blocks = divide_up(shape->inner, job->functions.region_steps);
  const int64_t deepest = round_up(divide_up(shape->inner, blocks), BF16_STEPS);
  const int64_t tallest = least(region.rows, region_elements / deepest / BF16_ROWS * BF16_ROWS);
  const int64_t widest = least(round_up(region.columns, UNFOLD_PACKED_UNIT), region_columns);

  const size_t right_bytes = (size_t)(job->parts * widest * deepest) * sizeof(uint16_t);
  const size_t gathered_bytes = shape->transpose_left ? (size_t)(gathered_rows * deepest) * sizeof(float) : 0;
  const size_t left_bytes = (size_t)(round_up(tallest, BF16_ROWS) * deepest) * job->functions.left_bytes;
  char *scratch = unfold_scratch(right_bytes + gathered_bytes + left_bytes);
  uint16_t *packed = (uint16_t *)scratch;
  float *gathered = (float *)(scratch + right_bytes);
  char *rounded = scratch + right_bytes + gathered_bytes;

  for (int64_t done = 0; done < region.rows; done += tallest) {
    const int64_t row = region.row + done, rows = least(region.rows - done, tallest);
    for (int64_t k = 0; k < shape->inner; k += deepest) {
      const int64_t inner = least(shape->inner - k, deepest);
      round_left(job, row, rows, k, inner, round_up(inner, BF16_STEPS), gathered, rounded);
      for (int64_t i = 0, first = 0; i < job->right_count; i++) {
        const unfold_matmul_right *right = &job->rights[i];
        const int64_t column = region.column > first ? region.column - first : 0;
        const int64_t end = least(region.column + region.columns - first, right->columns);
        multiply_columns(job, right, column, end, widest, row, rows, k, inner, rounded, packed);
        first += round_up(right->columns, UNFOLD_PACKED_UNIT);
      }
    }
  }
}

static void run_member(void *context, int member, int members) {
  const job *job = context;
  const matmul_region region = unfold_matmul_region_of(job->shape, member, members);
  if (region.rows > 0 && region.columns > 0) multiply_region(job, region);
}

void unfold_matmul_each_bf16(unfold_bf16_parts parts, const unfold_matmul_shape *shape, const float *left,
                             int64_t right_count, const unfold_matmul_right *rights) {
  unfold_matmul_shape whole = *shape;
  whole.columns = 0;
  for (int64_t i = 0; i < right_count; i++) {
    const unfold_matmul_right *right = &rights[i];
    whole.columns += round_up(right->columns, UNFOLD_PACKED_UNIT);
    if (shape->inner <= 0) {
      multiply_nothing(shape->rows, right->columns, right->output, right->output_stride, shape->accumulate);
    }
  }
  if (shape->rows <= 0 || whole.columns <= 0 || shape->inner <= 0) return;
  job job = {parts, &whole, left, right_count, rights, unfold_bf16_functions(parts)};
  unfold_team_run(unfold_matmul_thread_limit(&whole), run_member, &job);
}

void unfold_matmul_bf16(unfold_bf16_parts parts, const unfold_matmul_shape *shape, const float *left,
                        const float *right, float *output) {
  const unfold_matmul_right only = {shape->columns, right, shape->right_stride, output, shape->output_stride};
  unfold_matmul_each_bf16(parts, shape, left, 1, &only);
}
