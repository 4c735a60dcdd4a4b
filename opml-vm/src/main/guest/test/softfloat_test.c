/* The soft-float against this machine's floats: softfloat_test ROUNDS SEED. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../half.h"
#include "../multiply_add.h"
#include "../softfloat_inline.h"

static u64 state;

static u64 next(void) {
  u64 z = state += 0x9e3779b97f4a7c15ul;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
  z = (z ^ z >> 27) * 0x94d049bb133111ebul;
  return z ^ z >> 31;
}

static float to_float(f32 bits) {
  u32 low = (u32)bits;
  float f;
  memcpy(&f, &low, 4);
  return f;
}

static f32 to_bits(float f) {
  u32 low;
  memcpy(&low, &f, 4);
  return f32_canonical(low);
}

static long failures;

static void expect(const char *what, f32 a, f32 b, u64 expected, u64 actual) {
  if (expected == actual) return;
  if (failures++ < 20) printf("FAILED: %s(%08lx, %08lx) = %08lx, expected %08lx\n", what, a, b, actual, expected);
}

static const u32 special[] = {0,          1,          2,          0x3fffff,   0x7fffff,   0x800000,   0x800001,
                              0xffffff,   0x1000000,  0x33000000, 0x33800000, 0x3effffff, 0x3f000000, 0x3f000001,
                              0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fffffff, 0x40000000, 0x4b000000, 0x4b7fffff,
                              0x4effffff, 0x4f000000, 0x7effffff, 0x7f000000, 0x7f7fffff, 0x7f800000, 0x7f800001,
                              0x7fc00000, 0x7fffffff};

/* All bit patterns, patterns near each other's exponent, few significant bits, and the special values. */
static f32 operand(f32 other) {
  u64 r = next();
  switch (r >> 60 & 7) {
    case 0:
      return special[(r >> 8) % (sizeof special / 4)] | (r & F32_SIGN);
    case 1: /* close in exponent to the other operand */
      return (((other >> 23 & 255) + (r >> 40 & 63) - 32) & 255) << 23 | (r & 0x807fffff);
    case 2:
      return (other ^ 1ul << (r & 31)) & 0xffffffff;
    case 3:
      return r & 0xff0ul << 20 & 0xffffffff;
    case 4:
      return r & 0xffffffff & ~(0xfffffful >> (r >> 40 & 31));
    default:
      return r & 0xffffffff;
  }
}

static void test_pair(f32 a, f32 b) {
  float x = to_float(a), y = to_float(b);
  expect("add", a, b, to_bits(x + y), f32_add(a, b));
  expect("sub", a, b, to_bits(x - y), f32_sub(a, b));
  expect("mul", a, b, to_bits(x * y), f32_mul(a, b));
  expect("div", a, b, to_bits(x / y), f32_div(a, b));
  expect("less", a, b, x < y, (u64)f32_less(a, b));
  expect("less_or_equal", a, b, x <= y, (u64)f32_less_or_equal(a, b));
}

static void test_one(f32 a, u64 r) {
  float x = to_float(a);
  expect("sqrt", a, 0, to_bits(sqrtf(x)), f32_sqrt(a));
  double rounded = rint((double)x);
  i64 integer = isnan(x) || rounded > 2147483647.0 ? 2147483647 : rounded < -2147483648.0 ? -2147483648l : (i64)rounded;
  expect("to_int", a, 0, (u64)integer, (u64)f32_to_int(a));
  i64 value = (i64)r >> (r & 63);
  value = value < -(1l << 61) || value >= 1l << 61 ? value >> 3 : value;
  expect("from_int", (u64)value, 0, to_bits((float)value), f32_from_int(value));
}

static u64 next_half(void) {
  u64 r = next();
  return (r & 0x70000) == 0 ? r & 0x83ff : (r & 0x70000) == 0x10000 ? (r & 0xffff) | 0x7c00 : r & 0xffff;
}

static float half_to_float(u64 bits) {
  _Float16 half;
  u16 low = (u16)bits;
  memcpy(&half, &low, 2);
  return half;
}

/* acc: any value, or one that nearly cancels or nearly ignores the product. */
static f32 accumulator(f32 product) {
  u64 r = next();
  switch (r >> 60 & 3) {
    case 0:
      return operand(product);
    case 1:
      return (product ^ F32_SIGN ^ (r & 3)) & 0xffffffff;
    default:
      return (product & 0x7f800000) + ((r & 0x1f) << 23) - (16ul << 23) <= 0x7f800000
                 ? ((product & 0x7f800000) + ((r & 0x1f) << 23) - (16ul << 23)) | (r >> 5 & 0x807fffff)
                 : r & 0xffffffff;
  }
}

static void test_multiply_add(f32 a, f32 b) {
  float product = to_float(a) * to_float(b);
  f32 acc = accumulator(to_bits(product));
  expect("multiply_add", a, b, to_bits(to_float(acc) + product), multiply_add(acc, a, b));
  u64 half = next_half();
  product = to_float(a) * half_to_float(half);
  acc = accumulator(to_bits(product));
  expect("multiply_add_half", a, half, to_bits(to_float(acc) + product), multiply_add_half(acc, a, half));
}

static void test_add_block(f32 a) {
  f32 scale = f32_magnitude(a); /* what quantization yields: never negative */
  if (next() & 1) scale = (scale & 0x7fffff) | (100 + next() % 50) << 23;
  scale = f32_canonical(scale);
  struct block_scale parts = {scale, f32_significand(scale),
                              f32_is_normal(scale) ? (i64)f32_exponent(scale) : UNSCALABLE};
  u64 half = next_half();
  i64 sum = (i32)next() >> (next() & 31);
  float product = half_to_float(half) * to_float(scale) * (float)sum;
  f32 acc = accumulator(to_bits(product));
  if (acc == F32_SIGN) acc = 0; /* no accumulation from +0 reaches -0 */
  f32 expected = to_bits(to_float(acc) + product);
  expect("add_block", half, (u64)sum, expected, add_block(acc, half, &parts, sum, 32));
  if (sum > -(1l << 20) && sum < 1l << 20) {
    expect("add_block (narrow)", half, (u64)sum, expected, add_block(acc, half, &parts, sum, 20));
  }
  if (sum > -(1l << 15) && sum < 1l << 15) {
    expect("add_block (15 bits)", half, (u64)sum, expected, add_block(acc, half, &parts, sum, 15));
  }
}

static void test_halves(void) {
  for (u64 h = 0; h < 0x10000; h++) {
    expect("f16_to_f32", h, 0, to_bits(half_to_float(h)), f16_to_f32(h));
  }
}

static void test_kv_half(f32 a) {
  float x = to_float(a);
  u64 expected;
  if (isnan(x)) {
    expected = 0x7e00;
  } else {
    float clamped = x > 65504 ? 65504 : x < -65504 ? -65504 : x;
    _Float16 half = (_Float16)clamped;
    u16 low;
    memcpy(&low, &half, 2);
    expected = low;
  }
  expect("kv_half", a, 0, expected, f32_to_kv_half(a));
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? atol(argv[1]) : 1000000;
  state = argc > 2 ? strtoul(argv[2], 0, 0) : 1;
  u64 seed = state;
  unsigned count = sizeof special / 4;
  for (unsigned i = 0; i < 2 * count; i++) {
    for (unsigned j = 0; j < 2 * count; j++) {
      test_pair(special[i / 2] | (i & 1) * F32_SIGN, special[j / 2] | (j & 1) * F32_SIGN);
    }
    test_one(special[i / 2] | (i & 1) * F32_SIGN, i);
    test_kv_half(special[i / 2] | (i & 1) * F32_SIGN);
  }
  test_halves();
  f32 a = 0;
  for (long i = 0; i < rounds; i++) {
    f32 b = operand(a);
    test_pair(a, b);
    test_one(b, next());
    test_multiply_add(a, b);
    test_add_block(b);
    test_kv_half((i & 1) ? b : (0x32000000 + next() % 0x16000000) | (b & F32_SIGN));
    a = operand(b);
  }
  printf("%s: soft-float, %ld rounds, seed %lu\n", failures ? "FAILED" : "ok", rounds, seed);
  return failures != 0;
}
