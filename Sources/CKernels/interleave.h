// Two vectors of the same number of elements to a0 b0 a1 b1 …: of their lower halves, of their upper halves.
#ifndef UNFOLD_INTERLEAVE_H
#define UNFOLD_INTERLEAVE_H

#define INTERLEAVE_LOW_2(a, b) __builtin_shufflevector(a, b, 0, 2)
#define INTERLEAVE_HIGH_2(a, b) __builtin_shufflevector(a, b, 1, 3)
#define INTERLEAVE_LOW_4(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define INTERLEAVE_HIGH_4(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define INTERLEAVE_LOW_8(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define INTERLEAVE_HIGH_8(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define INTERLEAVE_LOW_16(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define INTERLEAVE_HIGH_16(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

#endif
