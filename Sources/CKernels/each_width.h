// Includes TEMPLATE twice: for float and for double. (No include guard: meant to be included many times.)
//
//   REAL      float, double
//   WIDTH     32, 64
//   NAME(f)   f_f32, f_f64
//   MATH(f)   the function of math.h for the width: expf, exp

#define WIDTH 32
#define REAL float
#define NAME(base) base##_f32
#define MATH(function) function##f
#include TEMPLATE
#undef WIDTH
#undef REAL
#undef NAME
#undef MATH

#define WIDTH 64
#define REAL double
#define NAME(base) base##_f64
#define MATH(function) function
#include TEMPLATE
#undef WIDTH
#undef REAL
#undef NAME
#undef MATH
