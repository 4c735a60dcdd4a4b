/* The parts of the soft-float that hot loops inline. The fast paths take normal operands to a normal result
   (or to an overflow); anything else goes to softfloat.c's special functions. */
#ifndef OPML_SOFTFLOAT_INLINE_H
#define OPML_SOFTFLOAT_INLINE_H

#include "softfloat.h"

/* Operands of which at least one is zero, subnormal, infinite or NaN. */
f32 f32_add_special(f32 a, f32 b);
f32 f32_mul_special(f32 a, f32 b);
/* Packs a result that is subnormal, or whose exponent overflows. */
f32 f32_pack_special(u64 sign, i64 exponent, u64 significand);

ALWAYS_INLINE u64 f32_exponent(f32 a) { return a >> 23 & 255; }
/* The significand of a normal value, with its implicit bit 23. */
ALWAYS_INLINE u64 f32_significand(f32 a) { return (a & 0x7ffffful) | 0x800000ul; }
ALWAYS_INLINE int f32_is_normal(f32 a) { return f32_exponent(a) - 1 < 254; }

/* Zeros above the leading one of x > 0. RV64IM has no count instruction. */
ALWAYS_INLINE i64 leading_zeros(u64 x) {
  i64 n = 0;
  if (!(x >> 32)) { n += 32; x <<= 32; }
  if (!(x >> 48)) { n += 16; x <<= 16; }
  if (!(x >> 56)) { n += 8; x <<= 8; }
  if (!(x >> 60)) { n += 4; x <<= 4; }
  if (!(x >> 62)) { n += 2; x <<= 2; }
  if (!(x >> 63)) n += 1;
  return n;
}

/* Rounds a significand whose leading one is bit 62 to 24 bits. The result can be 2^24. */
ALWAYS_INLINE u64 round_at_62(u64 significand) {
  return (significand + 0x3ffffffffful + (significand >> 39 & 1)) >> 39;
}

/* sign | round(significand · 2^(exponent - 127 - 62)), the leading one of significand being bit 62. The
   carry out of a rounded significand moves into the exponent by itself, up to infinity. */
ALWAYS_INLINE f32 f32_pack(u64 sign, i64 exponent, u64 significand) {
  if (UNLIKELY((u64)(exponent - 1) >= 254)) return f32_pack_special(sign, exponent, significand);
  return sign | (((u64)(exponent - 1) << 23) + round_at_62(significand));
}

ALWAYS_INLINE f32 f32_mul_inline(f32 a, f32 b) {
  u64 ea = f32_exponent(a), eb = f32_exponent(b);
  if (UNLIKELY(ea - 1 >= 254 || eb - 1 >= 254)) return f32_mul_special(a, b);
  u64 product = f32_significand(a) * f32_significand(b);
  u64 top = product >> 47;
  return f32_pack((a ^ b) & F32_SIGN, (i64)(ea + eb + top) - 127, product << (16 - top));
}

ALWAYS_INLINE f32 f32_add_inline(f32 a, f32 b) {
  u64 ea = f32_exponent(a), eb = f32_exponent(b);
  if (UNLIKELY(ea - 1 >= 254 || eb - 1 >= 254)) return f32_add_special(a, b);
  u64 difference = (a ^ b) & F32_SIGN;
  u64 ma = f32_significand(a) << 38, mb = f32_significand(b) << 38;
  u64 sign = a & F32_SIGN;
  i64 exponent = (i64)ea;
  i64 distance = (i64)(ea - eb);
  if (distance < 0) {
    /* Beyond 38 the smaller operand is far below a quarter of a unit: it cannot change the rounding. */
    if (distance < -38) return b;
    ma >>= -distance;
    exponent = (i64)eb;
  } else {
    if (distance > 38) return a;
    mb >>= distance;
  }
  if (!difference) {
    u64 sum = ma + mb;
    u64 top = sum >> 62;
    return f32_pack(sign, exponent + (i64)top, sum << (1 - top));
  }
  u64 rest = ma - mb;
  if ((i64)rest < 0) {
    rest = -rest;
    sign ^= F32_SIGN;
  }
  if (LIKELY(rest >> 61)) return f32_pack(sign, exponent, rest << 1);
  if (UNLIKELY(rest == 0)) return 0;
  i64 shift = leading_zeros(rest) - 1;
  return f32_pack(sign, exponent + 1 - shift, rest << shift);
}

#endif
