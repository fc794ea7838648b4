// Reads an HDF5 file in a process of its own.
//
// libhdf5 believes what a file says of itself: a damaged one makes it read from where nothing is, or ask for any amount of
// memory. So a child of this process reads it, with a little time, no files and, on Linux, little memory, and says what it finds
// through a pipe, as the records below. If it crashes, the parent finds the pipe at its end.
#ifndef UNFOLD_HDF5_READER_H
#define UNFOLD_HDF5_READER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What a record begins with, a byte. A text is its length and its bytes; lengths, counts and sizes are uint64_t.
enum unfold_hdf5_record {
  UNFOLD_HDF5_GROUP = 'g',    // its name; what follows is in it
  UNFOLD_HDF5_END = 'e',      // the end of a group, but the outermost
  UNFOLD_HDF5_TEXTS = 'a',    // an attribute of the group: its name, a count, as many texts
  UNFOLD_HDF5_DATASET = 'd',  // its name, 1 byte whether float32 holds its numbers, the count of its axes, their sizes,
                              // the count of its numbers, and they as floats
  UNFOLD_HDF5_PROBLEM = 'x',  // 1 byte of the list below, a path in the file, a number; nothing follows
  UNFOLD_HDF5_DONE = 'z',     // the file has been read
};

enum unfold_hdf5_problem {
  UNFOLD_HDF5_NOT_HDF5 = 1,
  UNFOLD_HDF5_BAD_GROUP,
  UNFOLD_HDF5_BAD_OBJECT,
  UNFOLD_HDF5_BAD_DATASET,
  UNFOLD_HDF5_BAD_ATTRIBUTES,
  UNFOLD_HDF5_BAD_ATTRIBUTE,
  UNFOLD_HDF5_TOO_DEEP,
  UNFOLD_HDF5_LINKED_TWICE,
  UNFOLD_HDF5_OTHER_TYPE,
  UNFOLD_HDF5_OTHER_LAYOUT,
  UNFOLD_HDF5_TOO_LARGE,  // the number: bytes that the arrays claim together
};

// Groups that may stand in each other.
enum { UNFOLD_HDF5_DEPTH = 32 };

// A process that reads, and the end of the pipe from which its records come.
struct unfold_hdf5_child {
  pid_t process;
  int records;
};

// What the child may take.
struct unfold_hdf5_limits {
  uint64_t memory;  // bytes, beyond what this process has
  uint64_t seconds;  // of the processor
};

// Starts to read a file that is in memory. 0, or why there is no process, as errno has it.
int unfold_hdf5_start(
  const void *bytes, size_t count, struct unfold_hdf5_limits limits, struct unfold_hdf5_child *child);

// Up to `count` bytes of the records: how many; 0 at the end; -1 when there are none for so many seconds.
ptrdiff_t unfold_hdf5_next(
  const struct unfold_hdf5_child *child, void *bytes, size_t count, int seconds);

// Ends the child, if it still runs. The signal that ended it before, or 0.
int unfold_hdf5_stop(struct unfold_hdf5_child *child);

#endif
