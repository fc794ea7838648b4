#ifndef CKERNELS_HEAP_H
#define CKERNELS_HEAP_H

#include <stddef.h>

/// `bytes` of memory, a multiple of `alignment`, that start at one, too; NULL if the system has none. `alignment` is a power
/// of two.
void *unfold_block(size_t bytes, size_t alignment);

/// Takes back what `unfold_block` gave.
void unfold_free_block(void *block);

/// Gives memory that was freed back to the system, where the C library keeps what lies between blocks that are in use
/// until it is asked (glibc); elsewhere it does nothing.
void unfold_trim_heap(void);

#endif
