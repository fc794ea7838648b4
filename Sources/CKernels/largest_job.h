// What the kernels of largest.h keep of a row.
typedef struct NAME(largest_job) {
  int64_t rows, columns, count;
  const REAL *input;
  REAL *values;
  int32_t *indices;
} NAME(largest_job);

/// Empties the places of a row.
static inline void NAME(clear)(int64_t count, REAL *values, int32_t *indices) {
  for (int64_t i = 0; i < count; i++) {
    values[i] = -(REAL)INFINITY;
    indices[i] = -1;
  }
}

/// Takes in those of input[first ..< end] that are larger than the least kept.
static inline void NAME(take_larger)(const REAL *input, int64_t first, int64_t end, int64_t count, REAL *values,
                                     int32_t *indices) {
  for (int64_t j = first; j < end; j++) {
    if (!(input[j] > values[count - 1])) continue;
    int64_t place = count - 1;
    for (; place > 0 && values[place - 1] < input[j]; place--) {
      values[place] = values[place - 1];
      indices[place] = indices[place - 1];
    }
    values[place] = input[j];
    indices[place] = (int32_t)j;
  }
}
