// Nothing stands here: a C target needs a source file beside its header. What the header declares
// is in the compiler's fuzzer library, which comes in with `-sanitize=fuzzer`. See tools/fuzz/run
// for how it is built.

#include "CFuzzer.h"
