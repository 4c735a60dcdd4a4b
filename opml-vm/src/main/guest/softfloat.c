#include "softfloat_inline.h"

/* A finite non-zero value as significand (leading one at bit 23) and biased exponent (below 1 for subnormals). */
struct parts {
  u64 significand;
  i64 exponent;
};

static struct parts normalised(f32 a) {
  u64 exponent = f32_exponent(a);
  if (exponent != 0) return (struct parts){f32_significand(a), (i64)exponent};
  u64 fraction = a & 0x7fffff;
  i64 shift = leading_zeros(fraction) - 40;
  return (struct parts){fraction << shift, 1 - shift};
}

static u64 shift_right_sticky(u64 x, i64 distance) {
  if (distance == 0) return x;
  if (distance > 63) return x != 0;
  return x >> distance | (x << (64 - distance) != 0);
}

NOINLINE f32 f32_pack_special(u64 sign, i64 exponent, u64 significand) {
  if (exponent > 254) return sign | F32_INFINITY;
  if (exponent > 0) return sign | (((u64)(exponent - 1) << 23) + round_at_62(significand));
  return sign | round_at_62(shift_right_sticky(significand, 1 - exponent));
}

NOINLINE f32 f32_mul_special(f32 a, f32 b) {
  u64 sign = (a ^ b) & F32_SIGN;
  u64 ma = f32_magnitude(a), mb = f32_magnitude(b);
  if (ma > F32_INFINITY || mb > F32_INFINITY) return F32_NAN;
  if (ma == F32_INFINITY || mb == F32_INFINITY) return ma == 0 || mb == 0 ? F32_NAN : sign | F32_INFINITY;
  if (ma == 0 || mb == 0) return sign;
  struct parts pa = normalised(a), pb = normalised(b);
  u64 product = pa.significand * pb.significand;
  u64 top = product >> 47;
  return f32_pack(sign, pa.exponent + pb.exponent + (i64)top - 127, product << (16 - top));
}

NOINLINE f32 f32_add_special(f32 a, f32 b) {
  u64 ma = f32_magnitude(a), mb = f32_magnitude(b);
  if (ma > F32_INFINITY || mb > F32_INFINITY) return F32_NAN;
  if (ma == F32_INFINITY) return mb == F32_INFINITY && a != b ? F32_NAN : a;
  if (mb == F32_INFINITY) return b;
  if (ma == 0) return mb == 0 ? a & b : b; /* -0 only from two of them */
  if (mb == 0) return a;
  struct parts pa = normalised(a), pb = normalised(b);
  u64 sign = a & F32_SIGN;
  u64 wide_a = pa.significand << 38, wide_b = pb.significand << 38;
  i64 exponent = pa.exponent;
  if (pa.exponent < pb.exponent) {
    wide_a = shift_right_sticky(wide_a, pb.exponent - pa.exponent);
    exponent = pb.exponent;
  } else {
    wide_b = shift_right_sticky(wide_b, pa.exponent - pb.exponent);
  }
  u64 result;
  if (((a ^ b) & F32_SIGN) == 0) {
    result = wide_a + wide_b;
  } else {
    result = wide_a - wide_b;
    if ((i64)result < 0) {
      result = -result;
      sign ^= F32_SIGN;
    }
    if (result == 0) return 0;
  }
  i64 shift = leading_zeros(result) - 1;
  return f32_pack(sign, exponent + 1 - shift, result << shift);
}

NOINLINE f32 f32_add(f32 a, f32 b) { return f32_add_inline(a, b); }

NOINLINE f32 f32_sub(f32 a, f32 b) { return f32_add_inline(a, b ^ F32_SIGN); }

NOINLINE f32 f32_mul(f32 a, f32 b) { return f32_mul_inline(a, b); }

NOINLINE f32 f32_div(f32 a, f32 b) {
  u64 sign = (a ^ b) & F32_SIGN;
  u64 ma = f32_magnitude(a), mb = f32_magnitude(b);
  if (ma > F32_INFINITY || mb > F32_INFINITY) return F32_NAN;
  if (ma == F32_INFINITY) return mb == F32_INFINITY ? F32_NAN : sign | F32_INFINITY;
  if (mb == F32_INFINITY) return sign;
  if (mb == 0) return ma == 0 ? F32_NAN : sign | F32_INFINITY;
  if (ma == 0) return sign;
  struct parts pa = normalised(a), pb = normalised(b);
  /* The quotient of two 24-bit numbers, one shifted by 40, has 40 or 41 bits, ample for 24 and a sticky bit. */
  u64 dividend = pa.significand << 40;
  u64 quotient = dividend / pb.significand;
  u64 sticky = quotient * pb.significand != dividend;
  u64 top = quotient >> 40;
  quotient = quotient << 1 | sticky;
  return f32_pack(sign, pa.exponent - pb.exponent + 126 + (i64)top, quotient << (22 - top));
}

NOINLINE f32 f32_sqrt(f32 a) {
  u64 magnitude = f32_magnitude(a);
  if (magnitude == 0) return a;
  if (magnitude > F32_INFINITY || (a & F32_SIGN)) return F32_NAN;
  if (magnitude == F32_INFINITY) return a;
  struct parts p = normalised(a);
  /* An even power of two in front of a radicand of 62 or 61 bits, whose root has exactly 31. */
  u64 odd = (u64)(p.exponent - 127) & 1;
  u64 radicand = p.significand << (37 + odd);
  u64 root = 0, rest = radicand;
  for (u64 bit = 1ul << 60; bit != 0; bit >>= 2) {
    if (rest >= root + bit) {
      rest -= root + bit;
      root = root >> 1 | bit;
    } else {
      root >>= 1;
    }
  }
  i64 exponent = (p.exponent - 127 - (i64)odd) / 2 + 127;
  return f32_pack(0, exponent, root << 32 | (rest != 0));
}

NOINLINE f32 f32_from_int(i64 value) {
  if (value == 0) return 0;
  u64 sign = value < 0 ? F32_SIGN : 0;
  u64 magnitude = value < 0 ? -(u64)value : (u64)value;
  i64 shift = leading_zeros(magnitude) - 1;
  return f32_pack(sign, 127 + 62 - shift, magnitude << shift);
}

NOINLINE i64 f32_to_int(f32 a) {
  u64 magnitude = f32_magnitude(a);
  if (magnitude > F32_INFINITY) return 0x7fffffff;
  i64 exponent = (i64)(magnitude >> 23) - 127;
  if (exponent < -1) return 0;
  if (exponent >= 31) return a & F32_SIGN ? -0x80000000l : 0x7fffffff;
  u64 fixed = f32_significand(a) << (exponent + 1); /* the magnitude times 2^24, exact */
  u64 rounded = (fixed + 0x7ffffful + (fixed >> 24 & 1)) >> 24;
  return a & F32_SIGN ? -(i64)rounded : (i64)rounded;
}

/* Maps patterns to integers in the order of the values; -0 and +0 both give 0. */
static i64 ordered(f32 a) {
  i64 magnitude = (i64)f32_magnitude(a);
  return a & F32_SIGN ? -magnitude : magnitude;
}

int f32_less(f32 a, f32 b) {
  if (f32_is_nan(a) || f32_is_nan(b)) return 0;
  return ordered(a) < ordered(b);
}

int f32_less_or_equal(f32 a, f32 b) {
  if (f32_is_nan(a) || f32_is_nan(b)) return 0;
  return ordered(a) <= ordered(b);
}
