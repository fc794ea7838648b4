#ifndef CKERNELS_HEAP_H
#define CKERNELS_HEAP_H

#include <stddef.h>
#include <stdint.h>

/// `bytes` of memory, a multiple of `alignment`, that start at one, too; NULL if the system has none. `alignment` is a power
/// of two.
void *unfold_block(size_t bytes, size_t alignment);

/// Takes back what `unfold_block` gave.
void unfold_free_block(void *block);

/// Gives memory that was freed back to the system, where the C library keeps what lies between blocks that are in use
/// until it is asked (glibc); elsewhere it does nothing.
void unfold_trim_heap(void);

/// The bytes of a page of memory.
intptr_t unfold_page_size(void);

/// The address of whole pages of memory, which take no room before they are written to; 0 if the system has none. They start
/// at `wanted` if that is free.
uintptr_t unfold_map(size_t bytes, uintptr_t wanted);

/// Gives whole pages back to the system, in any part of what `unfold_map` gave, or of several such beside each other.
void unfold_unmap(uintptr_t first, size_t bytes);

#endif
