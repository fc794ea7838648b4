#ifndef UNFOLD_HDF5_WALK_H
#define UNFOLD_HDF5_WALK_H

#include <stddef.h>

// Reads a file that is in memory and writes its records; does not return after a problem. For a process of its own: what
// is open at a problem stays open.
void unfold_hdf5_walk(const void *bytes, size_t count, int records);

#endif
