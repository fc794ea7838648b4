// For MAP_ANONYMOUS and madvise(2), which are beyond standard C and POSIX.
#define _DEFAULT_SOURCE

#include "heap.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *unfold_block(size_t bytes, size_t alignment) {
  return aligned_alloc(alignment, bytes);
}

void unfold_free_block(void *block) { free(block); }

uintptr_t unfold_region(size_t bytes) {
  void *region = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return region == MAP_FAILED ? 0 : (uintptr_t)region;
}

void unfold_release_pages(uintptr_t first, size_t bytes) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = (first + page - 1) & ~(page - 1), end = (first + bytes) & ~(page - 1);
  if (start >= end) return;
#ifdef __APPLE__
  madvise((void *)start, end - start, MADV_FREE);
#else
  madvise((void *)start, end - start, MADV_DONTNEED);
#endif
}
