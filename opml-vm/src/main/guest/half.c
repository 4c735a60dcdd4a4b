#include "half.h"

NOINLINE f32 f16_special_to_f32(u64 half) {
  u64 sign = (half & 0x8000) << 16;
  u64 magnitude = half & 0x7fff;
  if (magnitude > 0x7c00) return F32_NAN;
  if (magnitude == 0x7c00) return sign | F32_INFINITY;
  if (magnitude == 0) return sign;
  f32 integer = f32_from_int((i64)magnitude);
  return sign | (integer - (24ul << 23)); /* a subnormal counts units of 2^-24 */
}

u64 f32_to_kv_half(f32 value) {
  u64 sign = value >> 16 & 0x8000;
  u64 magnitude = f32_magnitude(value);
  if (magnitude > F32_INFINITY) return 0x7e00;
  if (magnitude >= 0x477fe000) return sign | 0x7bff;
  if (magnitude >= 0x38800000) { /* normal as binary16 */
    u64 rebased = magnitude - (112ul << 23);
    return sign | (rebased + 0xfff + (rebased >> 13 & 1)) >> 13;
  }
  if (magnitude < 0x33000000) return sign; /* below half of the smallest subnormal */
  u64 significand = (magnitude & 0x7fffff) | 0x800000;
  u64 shift = 126 - (magnitude >> 23); /* 14 ... 24: to units of 2^-24 */
  u64 half_unit = (1ul << (shift - 1)) - 1;
  return sign | (significand + half_unit + (significand >> shift & 1)) >> shift;
}
