#ifndef CKERNELS_RANDOM_H
#define CKERNELS_RANDOM_H

#include <stdint.h>

/// Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3): the four words that
/// belong to a counter under a key. A pure function: order, threads and neighbours cannot change it.
void unfold_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]);

/// output[count] = draws first, first+1, … of the stream `key`: draw n is word n mod 4 of counter (n / 4, 0, 0), as a
/// uniform number in [0, 1) with 24 (f32) or 53 (f64, two words a draw, the low one first: counter n / 2) random bits.
/// The counter's 128 bits are n / 4 in the first two words, the low one first, then zeros.
void unfold_uniform_f32(uint64_t key, uint64_t first, int64_t count, float *output);
void unfold_uniform_f64(uint64_t key, uint64_t first, int64_t count, double *output);

/// output[count] = standard normal draws first, first+1, … by Box and Muller's transform of the draws 2n, 2n+1 of the
/// double-width uniform stream `key`: √(−2 ln(1 − u₂ₙ)) cos(2π u₂ₙ₊₁). Their bits are those of math.h's log1p and cos,
/// so they may differ from one system's C library to another's; the uniform draws and the masks do not.
void unfold_normal_f32(uint64_t key, uint64_t first, int64_t count, float *output);
void unfold_normal_f64(uint64_t key, uint64_t first, int64_t count, double *output);

/// A mask for dropout: output[i, j] = `kept` with probability `keep`, else 0. Element (i, j) is word j mod 4 of counter
/// (j / 4, steps[i], low and high half of sequences[i]), compared with keep · 2³²: it depends on the key, the step, the
/// sequence and the unit alone. `keep` in [0, 1]; 1 keeps everything.
void unfold_mask_f32(uint64_t key, int64_t rows, int64_t columns, const uint64_t *sequences, const uint32_t *steps,
                     double keep, float kept, float *output);
void unfold_mask_f64(uint64_t key, int64_t rows, int64_t columns, const uint64_t *sequences, const uint32_t *steps,
                     double keep, double kept, double *output);

#endif
