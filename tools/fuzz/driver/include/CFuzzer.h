// The entry to libFuzzer that takes a function instead of looking for one by name. Its own `main`
// cannot be used: SwiftPM renames that of an executable. Linked only with -sanitize=fuzzer, which
// `tools/fuzz/run` gives.

#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

// Runs libFuzzer with its flags until it ends; `test` returns 0.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));

#endif
