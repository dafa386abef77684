// CPU instructions that Swift cannot name: CRC-32C and SHA-256.
//
// Each function looks at the processor once and then uses its instructions, or says that it has
// none. Nothing here allocates, keeps state, or reads outside the given bytes; every function may
// be called from any thread.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, reflected, RFC 3720 B.4) of `count` bytes, continuing from the CRC `crc` of
/// the bytes before them; 0 starts afresh. `data` may be null when `count` is 0.
uint32_t ci_crc32c(uint32_t crc, const void *data, size_t count);

/// The same value, computed eight bytes at a time from tables: for processors without the
/// instruction, and for the tests that hold the two against each other.
uint32_t ci_crc32c_software(uint32_t crc, const void *data, size_t count);

/// Whether `ci_crc32c` uses an instruction of this processor.
bool ci_crc32c_is_hardware(void);

/// Whether `ci_sha256_compress` may be called: this processor has the SHA-256 instructions.
bool ci_sha256_is_hardware(void);

/// Folds `count` blocks of 64 bytes into `state` (FIPS 180-4 §6.2.2) and returns true; without the
/// instructions it returns false and leaves `state` as it was.
bool ci_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);

/// Overwrites `count` bytes with zeros, also where nobody reads them afterwards.
void ci_wipe(void *data, size_t count);
