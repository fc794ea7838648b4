/// Memory that a kernel needs while it runs. Not part of the interface.
#ifndef CKERNELS_SCRATCH_H
#define CKERNELS_SCRATCH_H

#include <stddef.h>

/// At least `bytes` of memory aligned to 128 bytes, the calling thread's own until its next call of this function. Kept
/// for that next call, freed when the thread ends.
void *unfold_scratch(size_t bytes);

#endif
