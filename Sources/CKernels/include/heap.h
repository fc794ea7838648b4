#ifndef CKERNELS_HEAP_H
#define CKERNELS_HEAP_H

/// Gives memory that was freed back to the system, where the C library keeps what lies between blocks that are in use
/// until it is asked (glibc); elsewhere it does nothing.
void unfold_trim_heap(void);

#endif
