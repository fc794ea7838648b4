#include "scratch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct scratch {
  void *memory;
  size_t bytes;
} scratch;

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void free_scratch(void *argument) {
  scratch *own = argument;
  free(own->memory);
  free(own);
}

static _Noreturn void fail(size_t bytes) {
  fprintf(stderr, "unfold: no memory for %zu bytes of kernel scratch\n", bytes);
  abort();
}

static void create_key(void) {
  if (pthread_key_create(&key, free_scratch) != 0) fail(0);
}

void *unfold_scratch(size_t bytes) {
  pthread_once(&key_once, create_key);
  scratch *own = pthread_getspecific(key);
  if (own == NULL) {
    own = calloc(1, sizeof *own);
    if (own == NULL || pthread_setspecific(key, own) != 0) fail(bytes);
  }
  if (own->bytes < bytes) {
    free(own->memory);
    own->bytes = 0;
    bytes = (bytes + 127) / 128 * 128;
    own->memory = aligned_alloc(128, bytes);
    if (own->memory == NULL) fail(bytes);
    own->bytes = bytes;
  }
  return own->memory;
}
