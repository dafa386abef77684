// SHA-256 compression with the SHA instructions of x86-64; elsewhere the caller's own Swift runs.
//
// Source: FIPS 180-4 §6.2.2 for the function; Intel, "Intel SHA Extensions" (2013), for the order
// in which the instructions keep the eight state words: ABEF in one register, CDGH in the other.

#include "CIntrinsics.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

/// FIPS 180-4 §4.2.2.
static const uint32_t round_constants[64] __attribute__((aligned(16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

/// Sixteen steps of four rounds; `w` holds the last sixteen words of the message schedule.
SHA_TARGET static inline void compress_block(
    __m128i *abef, __m128i *cdgh, const uint8_t *block, __m128i byte_swap) {
  __m128i w[4], state0 = *abef, state1 = *cdgh;
  for (int i = 0; i < 4; i++)
    w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), byte_swap);

#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    __m128i k = _mm_load_si128((const __m128i *)(round_constants + 4 * i));
    __m128i words = _mm_add_epi32(w[i & 3], k);
    state1 = _mm_sha256rnds2_epu32(state1, state0, words);
    state0 = _mm_sha256rnds2_epu32(state0, state1, _mm_shuffle_epi32(words, 0x0E));
    __m128i next = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
    next = _mm_add_epi32(next, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
    w[i & 3] = _mm_sha256msg2_epu32(next, w[(i + 3) & 3]);
  }
  *abef = _mm_add_epi32(state0, *abef);
  *cdgh = _mm_add_epi32(state1, *cdgh);
}

SHA_TARGET static void compress(uint32_t state[8], const uint8_t *blocks, size_t count) {
  const __m128i byte_swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)state), 0xB1);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)(state + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

  for (; count > 0; count--, blocks += 64) compress_block(&abef, &cdgh, blocks, byte_swap);

  __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/// -1 until the processor has been asked. Two threads that ask at once write the same answer.
static _Atomic int has_instructions = -1;

/// CPUID leaf 7, EBX bit 29. `__builtin_cpu_supports` does not know the name "sha" everywhere.
bool ci_sha256_is_hardware(void) {
  int known = has_instructions;
  if (known < 0) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    bool has_leaf = __get_cpuid_count(7, 0, &a, &b, &c, &d);
    known = has_leaf && (b >> 29 & 1) && __builtin_cpu_supports("sse4.1");
    has_instructions = known;
  }
  return known;
}

bool ci_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count) {
  if (!ci_sha256_is_hardware()) return false;
  compress(state, blocks, count);
  return true;
}

#else

bool ci_sha256_is_hardware(void) { return false; }

bool ci_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count) { return false; }

#endif
