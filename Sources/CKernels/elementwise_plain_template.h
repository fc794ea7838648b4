static REAL NAME(unary)(unfold_unary function, REAL x) {
  switch (function) {
  case UNFOLD_NEGATE:
    return -x;
  case UNFOLD_ABSOLUTE:
    return MATH(fabs)(x);
  case UNFOLD_SIGN:
    return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
  case UNFOLD_SQUARE:
    return x * x;
  case UNFOLD_SQUARE_ROOT:
    return MATH(sqrt)(x);
  case UNFOLD_RECIPROCAL:
    return 1 / x;
  case UNFOLD_EXP:
    return MATH(exp)(x);
  case UNFOLD_LOG:
    return MATH(log)(x);
  case UNFOLD_TANH:
    return MATH(tanh)(x);
  case UNFOLD_SIGMOID:
    return (REAL)sigmoid(x);
  case UNFOLD_SOFTPLUS:
    return (REAL)softplus(x);
  case UNFOLD_ERF:
    return MATH(erf)(x);
  case UNFOLD_RELU:
    return x < 0 ? 0 : x;
  case UNFOLD_EXPM1:
    return MATH(expm1)(x);
  }
  return (REAL)NAN;
}

static REAL NAME(binary)(unfold_binary function, REAL x, REAL y) {
  switch (function) {
  case UNFOLD_ADD:
    return x + y;
  case UNFOLD_SUBTRACT:
    return x - y;
  case UNFOLD_MULTIPLY:
    return x * y;
  case UNFOLD_DIVIDE:
    return x / y;
  case UNFOLD_MAXIMUM:
    return x > y || x != x ? x : y;
  case UNFOLD_MINIMUM:
    return x < y || x != x ? x : y;
  case UNFOLD_POWER:
    return MATH(pow)(x, y);
  case UNFOLD_EQUAL:
    return x == y;
  case UNFOLD_LESS:
    return x < y;
  case UNFOLD_LESS_EQUAL:
    return x <= y;
  }
  return (REAL)NAN;
}

void NAME(unfold_unary_plain)(unfold_unary function, int64_t count, const REAL *input, REAL *output) {
  for (int64_t i = 0; i < count; i++) output[i] = NAME(unary)(function, input[i]);
}

void NAME(unfold_binary_plain)(unfold_binary function, int64_t rows, int64_t columns, const REAL *left,
                               unfold_operand_strides left_strides, const REAL *right,
                               unfold_operand_strides right_strides, REAL *output) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      output[i * columns + j] = NAME(binary)(function, left[i * left_strides.row + j * left_strides.column],
                                             right[i * right_strides.row + j * right_strides.column]);
}
