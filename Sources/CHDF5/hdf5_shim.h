// The library as a system has it; CHDF5Reader is what calls it.
#include <hdf5.h>
