#ifndef CKERNELS_HEAP_H
#define CKERNELS_HEAP_H

#include <stddef.h>
#include <stdint.h>

/// `bytes` of memory, a multiple of `alignment`, that start at one, too; NULL if the system has none. `alignment` is a power
/// of two.
void *unfold_block(size_t bytes, size_t alignment);

/// Takes back what `unfold_block` gave.
void unfold_free_block(void *block);

/// The address of `bytes` of memory that take no room before they are written to, for as long as the process lives; they
/// start at a page. 0 if the system has none.
uintptr_t unfold_region(size_t bytes);

/// Gives the whole pages of a part of a region back to the system. The next who writes there finds new ones.
void unfold_release_pages(uintptr_t first, size_t bytes);

#endif
