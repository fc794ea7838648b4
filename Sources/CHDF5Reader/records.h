// The records of a file on their way to the parent: for walk.c alone, which includes it once.
#ifndef UNFOLD_HDF5_RECORDS_H
#define UNFOLD_HDF5_RECORDS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hdf5_reader.h"

// Bytes on their way to a pipe, and the path of what is being read.
struct records {
  int pipe;
  size_t waiting;  // bytes in the buffer
  char *path;
  size_t path_length, path_room;
  unsigned char buffer[1 << 16];
};

static void send_all(int pipe, const unsigned char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = write(pipe, bytes, count);
    if (sent < 0 && errno == EINTR) continue;
    // Nobody reads any more.
    if (sent <= 0) _exit(1);
    bytes += sent;
    count -= (size_t)sent;
  }
}

// Sends what waits.
static void flush(struct records *records) {
  send_all(records->pipe, records->buffer, records->waiting);
  records->waiting = 0;
}

static void put(struct records *records, const void *bytes, size_t count) {
  if (count > sizeof records->buffer - records->waiting) flush(records);
  if (count > sizeof records->buffer) {
    send_all(records->pipe, bytes, count);
  } else if (count > 0) {
    memcpy(records->buffer + records->waiting, bytes, count);
    records->waiting += count;
  }
}

static void put_byte(struct records *records, unsigned char byte) { put(records, &byte, 1); }

static void put_number(struct records *records, uint64_t number) { put(records, &number, sizeof number); }

static void put_text(struct records *records, const char *text, size_t length) {
  put_number(records, length);
  put(records, text, length);
}

// Goes into an object, by its name; the length of the path before, for `leave`.
static size_t enter(struct records *records, const char *name) {
  size_t before = records->path_length, length = strlen(name), slash = before > 0;
  if (before + slash + length > records->path_room) {
    size_t room = 2 * (before + slash + length);
    char *path = realloc(records->path, room);
    // Without memory even for a name there is nothing to say.
    if (path == NULL) _exit(1);
    records->path = path;
    records->path_room = room;
  }
  if (slash) records->path[before] = '/';
  memcpy(records->path + before + slash, name, length);
  records->path_length = before + slash + length;
  return before;
}

static void leave(struct records *records, size_t length) { records->path_length = length; }

// Says what is wrong with the object at the path, or with its part of that name, and ends the process.
_Noreturn static void fail(struct records *records, int problem, const char *part, uint64_t number) {
  if (part != NULL) enter(records, part);
  put_byte(records, UNFOLD_HDF5_PROBLEM);
  put_byte(records, (unsigned char)problem);
  put_text(records, records->path, records->path_length);
  put_number(records, number);
  flush(records);
  _exit(0);
}

#endif
