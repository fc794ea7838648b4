#include "heap.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void *unfold_block(size_t bytes, size_t alignment) {
  return aligned_alloc(alignment, bytes);
}

void unfold_free_block(void *block) { free(block); }

void unfold_trim_heap(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
