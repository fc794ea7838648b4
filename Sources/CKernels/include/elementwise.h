#ifndef CKERNELS_ELEMENTWISE_H
#define CKERNELS_ELEMENTWISE_H

#include <stdint.h>

/// y = f(x).
typedef enum unfold_unary {
  UNFOLD_NEGATE,      ///< −x
  UNFOLD_ABSOLUTE,    ///< |x|
  UNFOLD_SIGN,        ///< −1, 0 or 1; ±0 gives 0, NaN gives NaN
  UNFOLD_SQUARE,      ///< x²
  UNFOLD_SQUARE_ROOT, ///< √x
  UNFOLD_RECIPROCAL,  ///< 1/x
  UNFOLD_EXP,         ///< eˣ
  UNFOLD_LOG,         ///< ln x
  UNFOLD_TANH,
  UNFOLD_SIGMOID,     ///< 1/(1+e⁻ˣ)
  UNFOLD_SOFTPLUS,    ///< ln(1+eˣ), no overflow
  UNFOLD_ERF,         ///< the error function (GELU)
  UNFOLD_RELU,        ///< max(x, 0), NaN stays NaN
  UNFOLD_EXPM1,       ///< eˣ − 1, accurate near 0 (ELU)
} unfold_unary;

/// z = f(x, y). Comparisons give 1 or 0.
typedef enum unfold_binary {
  UNFOLD_ADD,
  UNFOLD_SUBTRACT,
  UNFOLD_MULTIPLY,
  UNFOLD_DIVIDE,
  UNFOLD_MAXIMUM,  ///< NaN if either is NaN
  UNFOLD_MINIMUM,  ///< NaN if either is NaN
  UNFOLD_POWER,    ///< xʸ as pow() of math.h
  UNFOLD_EQUAL,
  UNFOLD_LESS,
  UNFOLD_LESS_EQUAL,
} unfold_binary;

/// A [rows, columns] view of an operand of an element-wise pass: element (i, j) is at i·row_stride + j·column_stride,
/// where column_stride is 0 (one value a row) or 1, and row_stride any number, 0 included (one row for all).
typedef struct unfold_operand_strides {
  int64_t row, column;
} unfold_operand_strides;

/// output[count] = f(input[count]); output may be the input.
///
/// The vector sets compute exp, log, tanh, sigmoid, softplus and expm1, and erf in float, within 2 units of the last
/// place and agree with each other to the bit; erf in double is math.h's. The largest errors found: in float over all
/// 2³² inputs, against math.h in double; in double over 4 million random inputs, against math.h in long double:
///
///               exp   log   tanh  sigmoid  softplus  erf   expm1
///     float    0.90  0.86  1.33     1.97      1.62  1.10    1.34
///     double   0.90  0.90  1.29     1.77      1.56  1.12    1.34
///
/// Denormal inputs and results are right, as are ±0 (whose sign tanh, erf, expm1 keep), ±∞, overflow and underflow; NaN
/// stays NaN. UNFOLD_PLAIN computes all of them by math.h.
void unfold_unary_f32(unfold_unary function, int64_t count, const float *input, float *output);
void unfold_unary_f64(unfold_unary function, int64_t count, const double *input, double *output);

/// output[rows, columns], dense, = f(left, right) with the operands broadcast by their strides. The output may be an
/// operand that is itself dense.
void unfold_binary_f32(unfold_binary function, int64_t rows, int64_t columns, const float *left,
                       unfold_operand_strides left_strides, const float *right, unfold_operand_strides right_strides,
                       float *output);
void unfold_binary_f64(unfold_binary function, int64_t rows, int64_t columns, const double *left,
                       unfold_operand_strides left_strides, const double *right, unfold_operand_strides right_strides,
                       double *output);

/// output[count] = condition[count] ≠ 0 ? yes[count] : no[count].
void unfold_select_f32(int64_t count, const float *condition, const float *yes, const float *no, float *output);
void unfold_select_f64(int64_t count, const double *condition, const double *yes, const double *no, double *output);

/// output[count] += scale · input[count], the product rounded before the sum on every instruction set.
void unfold_add_scaled_f32(int64_t count, float scale, const float *input, float *output);
void unfold_add_scaled_f64(int64_t count, double scale, const double *input, double *output);

/// output[count] = value.
void unfold_fill_f32(int64_t count, float value, float *output);
void unfold_fill_f64(int64_t count, double value, double *output);

/// Between the two widths.
void unfold_widen(int64_t count, const float *input, double *output);
void unfold_narrow(int64_t count, const double *input, float *output);

/// The reference: math.h's functions, element by element.
void unfold_unary_plain_f32(unfold_unary function, int64_t count, const float *input, float *output);
void unfold_unary_plain_f64(unfold_unary function, int64_t count, const double *input, double *output);
void unfold_binary_plain_f32(unfold_binary function, int64_t rows, int64_t columns, const float *left,
                             unfold_operand_strides left_strides, const float *right,
                             unfold_operand_strides right_strides, float *output);
void unfold_binary_plain_f64(unfold_binary function, int64_t rows, int64_t columns, const double *left,
                             unfold_operand_strides left_strides, const double *right,
                             unfold_operand_strides right_strides, double *output);

#endif
