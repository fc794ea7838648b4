#ifdef UNFOLD_HDF5

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "walk.h"

#define H5_USE_110_API
#include <hdf5.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hdf5_reader.h"
#include "records.h"

// Numbers that are read from an array at once, as far as its first axis allows.
enum { PIECE = 1 << 18 };

struct walk {
  struct records records;
  size_t file_bytes;
  uint64_t claimed;  // bytes of the arrays so far
  size_t text_bytes;  // of all attributes so far
  // Where the objects so far lie in the file, in order.
  haddr_t *known;
  size_t known_count, known_room;
};

// Notes an object's place; whether it is new.
static int is_new(struct walk *walk, haddr_t address) {
  size_t low = 0, high = walk->known_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (walk->known[middle] < address) low = middle + 1;
    else high = middle;
  }
  if (low < walk->known_count && walk->known[low] == address) return 0;
  if (walk->known_count == walk->known_room) {
    size_t room = 2 * walk->known_room + 64;
    haddr_t *known = realloc(walk->known, room * sizeof *known);
    if (known == NULL) fail(&walk->records, UNFOLD_HDF5_BAD_OBJECT, NULL, 0);
    walk->known = known;
    walk->known_room = room;
  }
  memmove(
    walk->known + low + 1, walk->known + low, (walk->known_count - low) * sizeof *walk->known);
  walk->known[low] = address;
  walk->known_count++;
  return 1;
}

// The sizes of a space's axes: how many there are; -1 for one that is no array.
static int shape(hid_t space, hsize_t sizes[H5S_MAX_RANK]) {
  H5S_class_t kind = H5Sget_simple_extent_type(space);
  if (kind == H5S_SCALAR) return 0;
  int rank = H5Sget_simple_extent_ndims(space);
  if (kind != H5S_SIMPLE || rank < 1 || rank > H5S_MAX_RANK) return -1;
  return H5Sget_simple_extent_dims(space, sizes, NULL) == rank ? rank : -1;
}

// `unit` times all sizes; ULLONG_MAX where that is more.
static uint64_t product(uint64_t unit, int rank, const hsize_t *sizes) {
  for (int axis = 0; axis < rank; axis++) {
    if (sizes[axis] == 0) return 0;
  }
  for (int axis = 0; axis < rank; axis++) {
    if (unit > ULLONG_MAX / sizes[axis]) return ULLONG_MAX;
    unit *= sizes[axis];
  }
  return unit;
}

// Writes the numbers of an array of some size, as many rows at a time as make a piece.
static int put_values(struct walk *walk, hid_t id, hid_t space, int rank, const hsize_t *sizes) {
  uint64_t row = rank > 0 ? product(1, rank - 1, sizes + 1) : 1;
  uint64_t rows = rank > 0 ? sizes[0] : 1;
  uint64_t most = row >= PIECE ? 1 : PIECE / row;
  if (most > rows) most = rows;
  float *values = malloc((size_t)(most * row) * sizeof *values);
  if (values == NULL) return 0;
  hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK];
  for (int axis = 0; axis < rank; axis++) count[axis] = sizes[axis];
  for (uint64_t first = 0; first < rows; first += most) {
    uint64_t some = rows - first < most ? rows - first : most;
    hsize_t numbers = some * row;
    hid_t memory = H5S_ALL;
    if (rank > 0) {
      start[0] = first;
      count[0] = some;
      memory = H5Screate_simple(1, &numbers, NULL);
      if (memory < 0) return 0;
      if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0) return 0;
    }
    hid_t selected = rank > 0 ? space : H5S_ALL;
    if (H5Dread(id, H5T_NATIVE_FLOAT, memory, selected, H5P_DEFAULT, values) < 0) return 0;
    if (rank > 0) H5Sclose(memory);
    put(&walk->records, values, (size_t)numbers * sizeof *values);
  }
  free(values);
  return 1;
}

static void dataset(struct walk *walk, hid_t id, const char *name) {
  struct records *records = &walk->records;
  hid_t type = H5Dget_type(id), space = H5Dget_space(id), plan = H5Dget_create_plist(id);
  hsize_t sizes[H5S_MAX_RANK];
  if (type < 0 || space < 0 || plan < 0) fail(records, UNFOLD_HDF5_BAD_DATASET, NULL, 0);
  int rank = shape(space, sizes);
  if (rank < 0) fail(records, UNFOLD_HDF5_BAD_DATASET, NULL, 0);
  size_t size = H5Tget_size(type);
  H5T_class_t kind = H5Tget_class(type);
  if ((kind != H5T_FLOAT && kind != H5T_INTEGER) || size < 1 || size > 8) {
    fail(records, UNFOLD_HDF5_OTHER_TYPE, NULL, 0);
  }
  H5D_layout_t layout = H5Pget_layout(plan);
  if ((layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) || H5Pget_external_count(plan) != 0
      || H5Pget_nfilters(plan) != 0) {
    fail(records, UNFOLD_HDF5_OTHER_LAYOUT, NULL, 0);
  }
  uint64_t bytes = product(size, rank, sizes);
  uint64_t sum = bytes > ULLONG_MAX - walk->claimed ? ULLONG_MAX : walk->claimed + bytes;
  if (sum > walk->file_bytes) fail(records, UNFOLD_HDF5_TOO_LARGE, NULL, sum);
  walk->claimed = sum;
  // An array of which nothing was ever written has no place in the file.
  if (bytes > 0 && H5Dget_storage_size(id) != bytes) {
    fail(records, UNFOLD_HDF5_OTHER_LAYOUT, NULL, 0);
  }
  put_byte(records, UNFOLD_HDF5_DATASET);
  put_text(records, name, strlen(name));
  put_byte(records, size <= (kind == H5T_FLOAT ? 4 : 2));
  put_number(records, (uint64_t)rank);
  for (int axis = 0; axis < rank; axis++) put_number(records, sizes[axis]);
  put_number(records, bytes / size);
  if (bytes > 0 && !put_values(walk, id, space, rank, sizes)) {
    // The numbers were promised already, so what follows could not be told from them.
    _exit(1);
  }
  H5Pclose(plan);
  H5Sclose(space);
  H5Tclose(type);
}

// Writes an attribute of texts.
static void texts(
  struct walk *walk, hid_t attribute, const char *name, hid_t type, int rank, const hsize_t *sizes
) {
  struct records *records = &walk->records;
  uint64_t count = product(1, rank, sizes);
  int is_variable = H5Tis_variable_str(type) > 0;
  size_t width = is_variable ? sizeof(char *) : H5Tget_size(type);
  if (count > walk->file_bytes || width == 0
      || (count > 0 && !is_variable && width > walk->file_bytes / count)) {
    fail(records, UNFOLD_HDF5_BAD_ATTRIBUTE, name, 0);
  }
  char *values = NULL;
  if (count > 0) {
    values = calloc((size_t)count, width);
    if (values == NULL || H5Aread(attribute, type, values) < 0) {
      fail(records, UNFOLD_HDF5_BAD_ATTRIBUTE, name, 0);
    }
  }
  // Counted before they are promised.
  size_t all = 0;
  for (uint64_t index = 0; index < count; index++) {
    const char *text = is_variable ? ((char **)values)[index] : values + index * width;
    all += text == NULL ? 0 : is_variable ? strlen(text) : strnlen(text, width);
    if (all > walk->file_bytes - walk->text_bytes) {
      fail(records, UNFOLD_HDF5_BAD_ATTRIBUTE, name, 0);
    }
  }
  put_byte(records, UNFOLD_HDF5_TEXTS);
  put_text(records, name, strlen(name));
  put_number(records, count);
  for (uint64_t index = 0; index < count; index++) {
    char *text = is_variable ? ((char **)values)[index] : values + index * width;
    put_text(
      records, text, text == NULL ? 0 : is_variable ? strlen(text) : strnlen(text, width));
    if (is_variable) H5free_memory(text);
  }
  walk->text_bytes += all;
  free(values);
}

// A name that a function of the library writes to a buffer, of which it tells the length when given none; NULL for none.
static char *name_of(struct walk *walk, hid_t id, int is_attribute, hsize_t index) {
  ssize_t length =
    is_attribute ? H5Aget_name(id, 0, NULL)
                 : H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, NULL, 0, 0);
  if (length < 1 || (size_t)length > walk->file_bytes) return NULL;
  char *name = calloc((size_t)length + 1, 1);
  if (name == NULL) return NULL;
  ssize_t written =
    is_attribute ? H5Aget_name(id, (size_t)length + 1, name)
                 : H5Lget_name_by_idx(
                     id, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, (size_t)length + 1, 0);
  return written == length ? name : NULL;
}

static void attributes(struct walk *walk, hid_t object) {
  struct records *records = &walk->records;
  int count = H5Aget_num_attrs(object);
  if (count < 0 || (size_t)count > walk->file_bytes) {
    fail(records, UNFOLD_HDF5_BAD_ATTRIBUTES, NULL, 0);
  }
  for (int index = 0; index < count; index++) {
    hid_t attribute = H5Aopen_idx(object, (unsigned)index);
    char *name = attribute < 0 ? NULL : name_of(walk, attribute, 1, 0);
    if (name == NULL) fail(records, UNFOLD_HDF5_BAD_ATTRIBUTES, NULL, 0);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hsize_t sizes[H5S_MAX_RANK];
    if (type < 0 || space < 0) fail(records, UNFOLD_HDF5_BAD_ATTRIBUTE, name, 0);
    int rank = H5Tget_class(type) == H5T_STRING ? shape(space, sizes) : -1;
    if (rank >= 0) texts(walk, attribute, name, type, rank, sizes);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    free(name);
  }
}

static void group(struct walk *walk, hid_t id, int depth) {
  struct records *records = &walk->records;
  attributes(walk, id);
  H5G_info_t all;
  // An object takes more than a byte.
  if (H5Gget_info(id, &all) < 0 || all.nlinks > walk->file_bytes) {
    fail(records, UNFOLD_HDF5_BAD_GROUP, NULL, 0);
  }
  for (hsize_t index = 0; index < all.nlinks; index++) {
    char *name = name_of(walk, id, 0, index);
    if (name == NULL) fail(records, UNFOLD_HDF5_BAD_GROUP, NULL, 0);
    // A link to another place, maybe in another file, is passed over.
    H5L_info_t link;
    if (H5Lget_info(id, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) {
      free(name);
      continue;
    }
    size_t before = enter(records, name);
    hid_t object = H5Oopen(id, name, H5P_DEFAULT);
    H5O_info_t info;
    if (object < 0 || H5Oget_info(object, &info) < 0) {
      fail(records, UNFOLD_HDF5_BAD_OBJECT, NULL, 0);
    }
    if (!is_new(walk, info.addr)) fail(records, UNFOLD_HDF5_LINKED_TWICE, NULL, 0);
    switch (info.type) {
    case H5O_TYPE_GROUP:
      if (depth == UNFOLD_HDF5_DEPTH) fail(records, UNFOLD_HDF5_TOO_DEEP, NULL, 0);
      put_byte(records, UNFOLD_HDF5_GROUP);
      put_text(records, name, strlen(name));
      group(walk, object, depth + 1);
      put_byte(records, UNFOLD_HDF5_END);
      break;
    case H5O_TYPE_DATASET: dataset(walk, object, name); break;
    case H5O_TYPE_NAMED_DATATYPE: break;
    default: fail(records, UNFOLD_HDF5_BAD_OBJECT, NULL, 0);
    }
    H5Oclose(object);
    leave(records, before);
    free(name);
  }
}

// The library would copy the file twice. Nothing writes to it, so wherever it wants a copy it gets the file itself.
static const void *image;

static void *no_malloc(size_t count, H5FD_file_image_op_t operation, void *own) {
  (void)count, (void)operation, (void)own;
  return (void *)(uintptr_t)image;
}

static void *no_copy(
  void *to, const void *from, size_t count, H5FD_file_image_op_t operation, void *own
) {
  (void)from, (void)count, (void)operation, (void)own;
  return to;
}

static void *no_realloc(void *old, size_t count, H5FD_file_image_op_t operation, void *own) {
  (void)old, (void)count, (void)operation, (void)own;
  return NULL;
}

static herr_t no_free(void *old, H5FD_file_image_op_t operation, void *own) {
  (void)old, (void)operation, (void)own;
  return 0;
}

void unfold_hdf5_walk(const void *bytes, size_t count, int pipe) {
  static struct walk walk;
  walk.records.pipe = pipe;
  walk.file_bytes = count;
  struct records *records = &walk.records;
  image = bytes;
  // The library would print its stack of errors, and look for programs that decompress.
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state(0);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5FD_file_image_callbacks_t callbacks = {no_malloc, no_copy, no_realloc, no_free,
                                           NULL,      NULL,    NULL};
  if (count == 0 || access < 0 || H5Pset_fapl_core(access, 1 << 16, 0) < 0
      || H5Pset_file_image_callbacks(access, &callbacks) < 0
      || H5Pset_file_image(access, (void *)(uintptr_t)bytes, count) < 0) {
    fail(records, UNFOLD_HDF5_NOT_HDF5, NULL, 0);
  }
  // The name is that of no file: all bytes are in memory.
  hid_t file = H5Fopen("unfold.h5", H5F_ACC_RDONLY, access);
  hid_t root = file < 0 ? -1 : H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0) fail(records, UNFOLD_HDF5_NOT_HDF5, NULL, 0);
  group(&walk, root, 0);
  put_byte(records, UNFOLD_HDF5_DONE);
  flush(records);
}

#endif
