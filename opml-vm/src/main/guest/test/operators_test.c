/* Whole operators against plain float code, with infinities, NaNs, zeros and subnormals among the inputs, and with
   what a node must not touch filled with a pattern: operators_test ROUNDS SEED. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../half.h"
#include "../matrix.h"
#include "../operators.h"
#include "host_memory.h"

#define IN 0x1000000000ul
#define OUT 0x1000100000ul
#define AUX 0x1000200000ul
#define EXPECTED 0x1000300000ul
#define A 0x1000400000ul
#define B 0x1000500000ul
#define C 0x1000600000ul
#define TABLE 0x40100000ul
#define UNTOUCHED 0xee

static u64 state;
static int specials;
static long failures;

static u64 next(void) {
  u64 z = state += 0x9e3779b97f4a7c15ul;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
  z = (z ^ z >> 27) * 0x94d049bb133111ebul;
  return z ^ z >> 31;
}

static u64 below(u64 n) { return next() % n; }

static u32 value(void) {
  static const u32 special[] = {0x7f800000, 0x7fc00000, 0x7f800001, 0, 0x80000000, 1, 0x80012345, 0x7f7fffff, 0xff800000};
  if (specials && below(24) == 0) return special[below(sizeof special / 4)];
  return (u32)((next() & 0x807fffff) | (120 + below(9)) << 23);
}

static void fill(u64 at, u64 n) {
  for (u64 i = 0; i < n; i++) store32(at + 4 * i, value());
}

static float get(u64 at, u64 i) {
  float f;
  memcpy(&f, (void *)(at + 4 * i), 4);
  return f;
}

static u64 canonical(float f) {
  u32 bits;
  memcpy(&bits, &f, 4);
  return f32_canonical(bits);
}

static void put(u64 at, u64 i, float f) { store32(at + 4 * i, canonical(f)); }

static float half_at(u64 at) {
  _Float16 half;
  memcpy(&half, (void *)at, 2);
  return half;
}

static u64 kv_half(float f) {
  float clamped = f > 65504 ? 65504 : f < -65504 ? -65504 : f;
  _Float16 half = (_Float16)clamped;
  u16 bits;
  memcpy(&bits, &half, 2);
  return isnan(f) ? 0x7e00 : bits;
}

static float dot(u64 row, u64 x, u64 n) {
  float acc = 0;
  for (u64 i = 0; i < n; i++) acc = acc + get(x, i) * get(row, i);
  return acc;
}

static float exponential(float x) {
  if (isnan(x)) return x;
  if (x > 88) return INFINITY;
  if (x < -87) return 0;
  float n = rintf(x * 0x1.715476p0f);
  float r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
  float q = 0x1.6a2352p-10f;
  q = q * r + 0x1.123a6cp-7f;
  q = q * r + 0x1.5558f4p-5f;
  q = q * r + 0x1.555490p-3f;
  q = q * r + 0x1.fffffcp-2f;
  float p = (q * r) * r;
  return ((p + r) + 1) * ldexpf(1, (int)n);
}

static float lanes_sum(const float *x, u64 n) {
  float lanes[16] = {0};
  for (u64 i = 0; i < n; i++) lanes[i % 16] = lanes[i % 16] + x[i];
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) lanes[i] = lanes[i] + lanes[i + half];
  }
  return lanes[0];
}

/* Compares the bytes of two ranges; the range at OUT is longer than what any operator may write. */
static void expect(const char *what, u64 actual, u64 size) {
  if (memcmp((void *)actual, (void *)EXPECTED, size) == 0) return;
  u64 at = 0;
  while (*(u8 *)(actual + at) == *(u8 *)(EXPECTED + at)) at++;
  at &= ~3ul;
  if (failures++ < 20) {
    printf("FAILED: %s: word %lu is %08lx, expected %08lx\n", what, at / 4, load32(actual + at), load32(EXPECTED + at));
  }
}

static void prepare(u64 at) {
  memset((void *)at, UNTOUCHED, 1 << 16);
  memset((void *)EXPECTED, UNTOUCHED, 1 << 16);
}

static void zero_padding(u64 end) {
  while (end % 128 != 0) *(u8 *)end++ = 0;
}

static void test_product(u32 op) {
  u64 n = 1 + below(70), count = 1 + below(70), first = 32 * below(3);
  struct node_row row = {.op = op, .n = (u32)n, .first = (u32)first, .count = (u32)count, .weight = {A, B}, .in = IN,
                         .out = OUT, .aux = AUX};
  fill(IN, n);
  fill(A, n * (first + count));
  fill(B, n * (first + count));
  fill(AUX, first + count);
  prepare(OUT);
  for (u64 r = first; r < first + count; r++) {
    float a = dot(A + 4 * n * r, IN, n), b = dot(B + 4 * n * r, IN, n);
    float gated = (a / (1 + exponential(-a))) * b;
    put(EXPECTED, r, op == OP_MATMUL ? a : op == OP_MATMUL_ADD ? get(AUX, r) + a : gated);
  }
  zero_padding(EXPECTED + 4 * (first + count));
  if (op == OP_MATMUL) run_matmul(&row);
  if (op == OP_MATMUL_ADD) run_matmul_add(&row);
  if (op == OP_GATE_UP) run_gate_up(&row);
  expect(op == OP_MATMUL ? "MATMUL" : op == OP_MATMUL_ADD ? "MATMUL_ADD" : "GATE_UP", OUT, 1 << 16);
}

/* Rotates a head of floats at `at`. */
static void rotate(u64 at, u64 rope, u64 pairing, u64 position) {
  for (u64 j = 0; j < rope / 2; j++) {
    u64 i0 = pairing == 0 ? 2 * j : j, i1 = pairing == 0 ? 2 * j + 1 : j + rope / 2;
    float c = get(TABLE, 2 * (position * (rope / 2) + j)), s = get(TABLE, 2 * (position * (rope / 2) + j) + 1);
    float x0 = get(at, i0), x1 = get(at, i1);
    put(at, i0, x0 * c - x1 * s);
    put(at, i1, x0 * s + x1 * c);
  }
}

static void test_qkv(void) {
  u64 n = 1 + below(40), d = 2 * (1 + below(20)), heads = 1 + below(3), kv_heads = 1 + below(2), position = below(4);
  u64 value_offset = (2 * kv_heads * d + 127) & ~127ul;
  struct node_row row = {.n = (u32)n, .count = (u32)heads, .weight = {A, B, C}, .in = IN, .out = OUT, .aux = AUX,
                         .table = TABLE, .head_dim = (u32)d, .rope_dim = (u32)(2 * below(d / 2 + 1)),
                         .kv_count = (u32)kv_heads, .kv_stride = (u32)(2 * value_offset),
                         .value_offset = (u32)value_offset, .pairing = (u32)below(2)};
  fill(IN, n);
  fill(A, n * heads * d);
  fill(B, n * kv_heads * d);
  fill(C, n * kv_heads * d);
  for (u64 i = 0; i < 4 * d; i++) store32(TABLE + 4 * i, (u32)(0x3f000000 + below(0x7fffff)));
  prepare(OUT);
  memset((void *)AUX, UNTOUCHED, 1 << 16);
  for (u64 r = 0; r < heads * d; r++) put(EXPECTED, r, dot(A + 4 * n * r, IN, n));
  for (u64 h = 0; h < heads; h++) rotate(EXPECTED + 4 * h * d, row.rope_dim, row.pairing, position);
  zero_padding(EXPECTED + 4 * heads * d);
  run_qkv(&row, position);
  expect("QKV: queries", OUT, 1 << 16);

  memset((void *)EXPECTED, UNTOUCHED, 1 << 16);
  u64 keys = EXPECTED + position * row.kv_stride, temporary = EXPECTED + (1 << 17);
  for (u64 h = 0; h < kv_heads; h++) {
    for (u64 i = 0; i < d; i++) put(temporary, i, dot(B + 4 * n * (h * d + i), IN, n));
    rotate(temporary, row.rope_dim, row.pairing, position);
    for (u64 i = 0; i < d; i++) {
      store16(keys + 2 * (h * d + i), kv_half(get(temporary, i)));
      store16(keys + value_offset + 2 * (h * d + i), kv_half(dot(C + 4 * n * (h * d + i), IN, n)));
    }
  }
  zero_padding(keys + 2 * kv_heads * d);
  zero_padding(keys + value_offset + 2 * kv_heads * d);
  expect("QKV: KV row", AUX, 1 << 16);
}

static void test_attention(void) {
  u64 d = 1 + below(40), group = 1 + below(3), heads = group * (1 + below(2)), positions = 1 + below(40);
  u64 value_offset = (2 * (heads / group) * d + 127) & ~127ul;
  u32 scale = value() & 0x7fffffff;
  struct node_row row = {.count = (u32)heads, .in = IN, .out = OUT, .aux = AUX, .head_dim = (u32)d, .constant = scale,
                         .kv_stride = (u32)(2 * value_offset), .value_offset = (u32)value_offset, .group = (u32)group};
  fill(IN, heads * d);
  for (u64 i = 0; i < positions * value_offset; i++) {
    store16(AUX + 2 * i, kv_half(specials && below(500) == 0 ? NAN : get(IN, below(heads * d))));
  }
  prepare(OUT);
  for (u64 h = 0; h < heads; h++) {
    float e[64], largest = 0, c;
    memcpy(&c, &scale, 4);
    u64 head = AUX + 2 * d * (h / group);
    for (u64 p = 0; p < positions; p++) {
      float acc = 0;
      for (u64 i = 0; i < d; i++) acc = acc + get(IN, h * d + i) * half_at(head + p * row.kv_stride + 2 * i);
      e[p] = acc * c;
      largest = p == 0 || e[p] > largest || isnan(e[p]) ? (p > 0 && isnan(largest) ? largest : e[p]) : largest;
    }
    for (u64 p = 0; p < positions; p++) e[p] = exponential(e[p] - largest);
    float sum = lanes_sum(e, positions);
    for (u64 i = 0; i < d; i++) {
      float acc = 0;
      for (u64 p = 0; p < positions; p++) {
        acc = acc + e[p] * half_at(head + value_offset + p * row.kv_stride + 2 * i);
      }
      put(EXPECTED, h * d + i, acc / sum);
    }
  }
  zero_padding(EXPECTED + 4 * heads * d);
  run_attention(&row, positions - 1);
  expect("ATTENTION", OUT, 1 << 16);
}

/* Three weight kinds in one QKV give what each gives alone. */
static void test_mixed_types(void) {
  static const u32 types[] = {TYPE_F32, TYPE_F16, TYPE_BF16, TYPE_Q4_0, TYPE_Q4_1, TYPE_Q5_0,
                              TYPE_Q5_1, TYPE_Q8_0, TYPE_Q4_K, TYPE_Q5_K, TYPE_Q6_K};
  static const u64 weights[] = {A, B, C};
  u64 n = 512, d = 32, value_offset = 128;
  struct node_row row = {.n = (u32)n, .count = 1, .in = IN, .out = OUT, .aux = AUX, .table = TABLE, .head_dim = (u32)d,
                         .kv_count = 1, .kv_stride = 256, .value_offset = (u32)value_offset};
  fill(IN, n);
  for (int w = 0; w < 3; w++) {
    row.type[w] = types[below(sizeof types / 4)];
    row.weight[w] = weights[w];
    for (u64 i = 0; i < d * n * 4; i += 8) store64(weights[w] + i, next());
  }
  prepare(AUX);
  run_qkv(&row, 0);
  for (int w = 0; w < 3; w++) {
    struct node_row alone = {.n = (u32)n, .count = (u32)d, .type = {row.type[w]}, .weight = {weights[w]}, .in = IN,
                             .out = EXPECTED + (1 << 17)};
    run_matmul(&alone);
    for (u64 i = 0; i < d; i++) {
      if (w == 0) {
        store32(EXPECTED + (1 << 18) + 4 * i, load32(alone.out + 4 * i));
      } else {
        store16(EXPECTED + value_offset * (u64)(w - 1) + 2 * i, kv_half(get(alone.out, i)));
      }
    }
  }
  zero_padding(EXPECTED + 2 * d);
  zero_padding(EXPECTED + value_offset + 2 * d);
  expect("QKV: mixed keys and values", AUX, 256);
  memcpy((void *)EXPECTED, (void *)(EXPECTED + (1 << 18)), 128);
  expect("QKV: mixed queries", OUT, 128);
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? atol(argv[1]) : 400;
  u64 seed = argc > 2 ? strtoul(argv[2], 0, 0) : 1;
  state = seed;
  map_guest_memory();
  for (long i = 0; i < rounds; i++) {
    specials = i & 1;
    test_product(OP_MATMUL);
    test_product(OP_MATMUL_ADD);
    test_product(OP_GATE_UP);
    test_qkv();
    test_attention();
    test_mixed_types();
  }
  printf("%s: operators, %ld rounds, seed %lu\n", failures ? "FAILED" : "ok", rounds, seed);
  return failures != 0;
}
