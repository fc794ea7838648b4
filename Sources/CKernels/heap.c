// For MAP_ANONYMOUS, which is beyond POSIX.
#define _DEFAULT_SOURCE

#include "heap.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
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

intptr_t unfold_page_size(void) { return sysconf(_SC_PAGESIZE); }

uintptr_t unfold_map(size_t bytes, uintptr_t wanted) {
  const int kind = MAP_PRIVATE | MAP_ANONYMOUS;
  void *pages = mmap((void *)wanted, bytes, PROT_READ | PROT_WRITE, kind, -1, 0);
  return pages == MAP_FAILED ? 0 : (uintptr_t)pages;
}

void unfold_unmap(uintptr_t first, size_t bytes) { munmap((void *)first, bytes); }
