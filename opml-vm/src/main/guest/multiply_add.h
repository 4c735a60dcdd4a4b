/* The two updates that nearly all instructions are spent in: acc + a · b, and acc + (d·dx) · f(sum).

   Every written operation rounds once, as separate calls of f32_mul and f32_add would; what is saved is packing
   a result only to take it apart again. The fast paths see normal numbers whose results cannot overflow; everything
   else goes through those calls. */
#ifndef OPML_MULTIPLY_ADD_H
#define OPML_MULTIPLY_ADD_H

#include "half.h"
#include "quantize.h"
#include "softfloat_inline.h"

/* x / 2^bits, ties to even. */
ALWAYS_INLINE u64 round_off(u64 x, int bits) {
  u64 up = x + (1ul << (bits - 1));
  u64 rounded = up >> bits;
  if (UNLIKELY(up << (64 - bits) == 0)) rounded &= ~1ul; /* a tie: half was added to half */
  return rounded;
}

/* A rounded value that is not packed: significand · 2^(exponent - 127 - 23), 2^23 <= significand <= 2^24. */
struct unpacked {
  u64 significand;
  i64 exponent;
};

/* Exponents that neither are subnormal nor can overflow by one carry and one rounding. */
ALWAYS_INLINE int is_safe_exponent(u64 exponent) { return exponent - 1 < 253; }

/* Rounds x, whose leading one is bit `bit` or `bit - 1`, where exponent is that of bit - 1. */
ALWAYS_INLINE struct unpacked round_product(u64 x, int bit, i64 exponent) {
  u64 top = x >> bit;
  return (struct unpacked){round_off(x << (top ^ 1), bit - 23), exponent + (i64)top};
}

/* acc + b; the exponent of b must be safe. */
ALWAYS_INLINE f32 add_unpacked(f32 acc, u64 sign, struct unpacked b) {
  u64 exponent = f32_exponent(acc);
  if (UNLIKELY(!is_safe_exponent(exponent))) {
    return f32_add(acc, sign | (((u64)(b.exponent - 1) << 23) + b.significand));
  }
  u64 x = f32_significand(acc) << 38, y = b.significand << 38;
  i64 distance = (i64)exponent - b.exponent;
  u64 difference = (acc ^ sign) & F32_SIGN;
  if (LIKELY(distance >= 0)) {
    if (UNLIKELY(distance > 38)) return acc; /* as in f32_add_inline */
    sign = acc & F32_SIGN;
    y >>= distance;
  } else {
    if (UNLIKELY(distance < -38)) return sign | (((u64)(b.exponent - 1) << 23) + b.significand);
    u64 swap = x >> -distance;
    x = y;
    y = swap;
    exponent = (u64)b.exponent;
  }
  if (!difference) {
    u64 sum = x + y;
    u64 top = sum >> 62;
    return sign | (((exponent + top - 1) << 23) + round_off(sum << (top ^ 1), 39));
  }
  u64 rest = x - y;
  if (UNLIKELY((i64)rest < 0)) { /* equal exponents */
    rest = -rest;
    sign ^= F32_SIGN;
  }
  if (LIKELY(rest >> 61)) return sign | (((exponent - 1) << 23) + round_off(rest, 38));
  if (UNLIKELY(rest == 0)) return 0;
  i64 shift = leading_zeros(rest) - 1;
  return f32_pack(sign, (i64)exponent + 1 - shift, rest << shift);
}

/* acc + a · b */
ALWAYS_INLINE f32 multiply_add(f32 acc, f32 a, f32 b) {
  u64 ea = f32_exponent(a), eb = f32_exponent(b);
  if (LIKELY(ea - 1 < 254 && eb - 1 < 254)) {
    struct unpacked p = round_product(f32_significand(a) * f32_significand(b), 47, (i64)(ea + eb) - 127);
    if (LIKELY(is_safe_exponent((u64)p.exponent))) return add_unpacked(acc, (a ^ b) & F32_SIGN, p);
  }
  return f32_add(acc, f32_mul(a, b));
}

/* acc + a · b, b being a binary16. */
ALWAYS_INLINE f32 multiply_add_half(f32 acc, f32 a, u64 b) {
  u64 ea = f32_exponent(a), eb = b >> 10 & 31;
  if (LIKELY(ea - 1 < 254 && eb - 1 < 30)) {
    u64 product = f32_significand(a) * ((b & 0x3ff) | 0x400);
    struct unpacked p = round_product(product, 34, (i64)(ea + eb) + 112 - 127);
    if (LIKELY(is_safe_exponent((u64)p.exponent))) return add_unpacked(acc, (a ^ b << 16) & F32_SIGN, p);
  }
  return f32_add(acc, f32_mul(a, f16_to_f32(b)));
}

/* Bits of a number, by its highest byte. */
extern const u8 bit_lengths[256];

/* Bits of a number of at most `most` bits, at most 24. */
ALWAYS_INLINE u64 bit_length(u64 x, int most) {
  u64 shift = most > 16 && x >= 0x10000 ? 16 : x >= 0x100 ? 8 : 0;
  return (u64)bit_lengths[x >> shift] + shift;
}

/* acc + (weight_scale · x_scale) · f(sum): what ends a block of quantized weights. weight_scale is a binary16; the
   magnitude of sum has at most sum_bits bits, at most 32. */
ALWAYS_INLINE f32 add_block(f32 acc, u64 weight_scale, const struct block_scale *x_scale, i64 sum, int sum_bits) {
  u64 exponent = weight_scale >> 10 & 31;
  u64 magnitude = sum < 0 ? -(u64)sum : (u64)sum;
  /* Integers below 2^24 convert without rounding. */
  int exact = sum_bits <= 24 ? sum != 0 : magnitude - 1 < 0xffffff;
  if (LIKELY(exponent - 1 < 30 && exact)) {
    u64 scales = ((weight_scale & 0x3ff) | 0x400) * x_scale->significand;
    struct unpacked d = round_product(scales, 34, (i64)exponent + x_scale->exponent + 112 - 127);
    u64 length = bit_length(magnitude, sum_bits);
    u64 product = d.significand * magnitude << (25 - length); /* leading one at bit 47 or 48 */
    struct unpacked p = round_product(product, 48, d.exponent + (i64)length - 1);
    if (LIKELY(d.exponent > 0 && is_safe_exponent((u64)p.exponent))) {
      return add_unpacked(acc, (weight_scale << 16 ^ (u64)sum) & F32_SIGN, p); /* x_scale is not negative */
    }
  }
  return f32_add(acc, f32_mul(f32_mul(f16_to_f32(weight_scale), x_scale->value), f32_from_int(sum)));
}

#endif
