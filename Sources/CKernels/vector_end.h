// Undoes what vector.h defines.
#undef POLYNOMIAL
#undef INTEGER_MAX
#undef FRACTION_BITS
#undef EXPONENT_BIAS
#undef ROUNDER
#undef LOG2_E
#undef LN2_HIGH
#undef LN2_LOW
#undef LN2_SHORT_HIGH
#undef LN2_SHORT_LOW
#undef SQRT_HALF
#undef LEAST_NORMAL
#undef EXP_LEAST
#undef EXP_GREATEST
#undef TANH_GREATEST
#undef EXPM1_LEAST
