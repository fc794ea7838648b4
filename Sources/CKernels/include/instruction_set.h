#ifndef CKERNELS_INSTRUCTION_SET_H
#define CKERNELS_INSTRUCTION_SET_H

/// The instruction sets that kernels are compiled for, slowest first.
typedef enum unfold_instruction_set {
  UNFOLD_PLAIN = 0,   ///< Portable C, the reference of every kernel.
  UNFOLD_NEON = 1,    ///< 64-bit ARM.
  UNFOLD_AVX2 = 2,    ///< x86-64 with AVX2 and FMA.
  UNFOLD_AVX512 = 3,  ///< x86-64 with AVX-512 F, VL, BW, DQ.
} unfold_instruction_set;

/// Whether this processor can run `set`.
int unfold_instruction_set_available(unfold_instruction_set set);

/// The set in use: the best available one, unless `unfold_instruction_set_select` chose another.
unfold_instruction_set unfold_instruction_set_current(void);

/// Uses `set` from now on, process-wide; returns 0 and changes nothing when the processor lacks it. For tests and
/// benchmarks, which run every set on one machine.
int unfold_instruction_set_select(unfold_instruction_set set);

#endif
