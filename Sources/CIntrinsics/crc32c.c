// CRC-32C: one instruction per eight bytes where the processor has it, else slice-by-8 tables.
//
// All variants work on the complemented register, as RFC 3720 B.4 defines it, so that a finished
// CRC can be passed in again to continue. Source: M. E. Kounavis and F. L. Berry, "Novel Table
// Lookup-Based Algorithms for High-Performance CRC Generation", doi:10.1109/TC.2008.85.

#include "CIntrinsics.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

/// The reflected Castagnoli polynomial 0x1EDC6F41.
static const uint32_t polynomial = 0x82F63B78;

/// `tables[k][b]`: the CRC register after byte `b` and `k` zero bytes.
static uint32_t tables[8][256];

/// Fills the tables before `main`, so that no caller has to synchronise; about 3 microseconds.
__attribute__((constructor)) static void fill_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (polynomial & (0u - (crc & 1)));
    tables[0][byte] = crc;
  }
  for (int k = 1; k < 8; k++)
    for (int byte = 0; byte < 256; byte++)
      tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 0xFF];
}

/// Reads eight bytes, the first one lowest, on a machine of either byte order.
static inline uint64_t load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

uint32_t ci_crc32c_software(uint32_t crc, const void *data, size_t count) {
  const uint8_t *bytes = data;
  crc = ~crc;
  for (; count >= 8; count -= 8, bytes += 8) {
    uint64_t word = load64(bytes) ^ crc;
    crc = 0;
    for (int k = 0; k < 8; k++) crc ^= tables[7 - k][(word >> (8 * k)) & 0xFF];
  }
  for (; count > 0; count--, bytes++) crc = (crc >> 8) ^ tables[0][(crc ^ *bytes) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2")))
static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
  uint64_t wide = (uint32_t)~crc;
  for (; count >= 8; count -= 8, bytes += 8) wide = _mm_crc32_u64(wide, load64(bytes));
  uint32_t narrow = (uint32_t)wide;
  for (; count > 0; count--, bytes++) narrow = _mm_crc32_u8(narrow, *bytes);
  return ~narrow;
}

bool ci_crc32c_is_hardware(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__)

__attribute__((target("crc")))
static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
  crc = ~crc;
  for (; count >= 8; count -= 8, bytes += 8) crc = __crc32cd(crc, load64(bytes));
  for (; count > 0; count--, bytes++) crc = __crc32cb(crc, *bytes);
  return ~crc;
}

/// HWCAP_CRC32 of the aarch64 kernel interface.
bool ci_crc32c_is_hardware(void) { return (getauxval(AT_HWCAP) & (1ul << 7)) != 0; }

#else

static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
  return ci_crc32c_software(crc, bytes, count);
}

bool ci_crc32c_is_hardware(void) { return false; }

#endif

uint32_t ci_crc32c(uint32_t crc, const void *data, size_t count) {
  if (ci_crc32c_is_hardware()) return crc32c_hardware(crc, data, count);
  return ci_crc32c_software(crc, data, count);
}
