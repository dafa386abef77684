// Overwriting secrets. The empty assembler statement says that the bytes are read, so that the
// compiler cannot leave the writes out as dead.
// Invariant: nothing outside the given bytes is touched.

#include "CIntrinsics.h"

#include <string.h>

void ci_wipe(void *data, size_t count) {
  memset(data, 0, count);
  __asm__ __volatile__("" : : "r"(data) : "memory");
}
