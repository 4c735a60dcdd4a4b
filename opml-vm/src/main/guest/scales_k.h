/* The eight 6-bit scales and minima of a Q4_K or Q5_K block. */
#ifndef OPML_SCALES_K_H
#define OPML_SCALES_K_H

#include "memory.h"

/* Byte j of a word belongs to the j-th 32 elements. */
struct scales_k {
  u64 scales;
  u64 minima;
};

/* packed: address of the 12 packed bytes, a multiple of 4. The first four scales and minima are the low six
   bits of bytes 0 ... 3 and 4 ... 7; the other four have their low nibbles in bytes 8 ... 11 and their high
   two bits on top of the first. */
ALWAYS_INLINE struct scales_k unpack_scales(u64 packed) {
  u64 a = load32(packed), b = load32(packed + 4), c = load32(packed + 8);
  u64 scales_high = (c & 0x0f0f0f0f) | (a >> 2 & 0x30303030);
  u64 minima_high = (c >> 4 & 0x0f0f0f0f) | (b >> 2 & 0x30303030);
  return (struct scales_k){(a & 0x3f3f3f3f) | scales_high << 32, (b & 0x3f3f3f3f) | minima_high << 32};
}

ALWAYS_INLINE i64 byte_of(u64 bytes, u64 j) { return (i64)(bytes >> 8 * j & 255); }

#endif
