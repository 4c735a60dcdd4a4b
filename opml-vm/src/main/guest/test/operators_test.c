/* Whole operators against plain float code, with infinities, NaNs, zeros and subnormals among the inputs, and with
   what a node must not touch filled with a pattern: operators_test ROUNDS SEED. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../activation.h"
#include "../half.h"
#include "../matrix.h"
#include "../operators.h"
#include "../penalties.h"
#include "../soft_cap.h"
#include "host_memory.h"

#define IN 0x1000000000ul
#define OUT 0x1000100000ul
#define EXPECTED 0x1000200000ul
#define TEMPORARY 0x1000300000ul
#define A 0x1000400000ul
#define B 0x1000500000ul
#define BIAS_A 0x1000600000ul
#define BIAS_B 0x1000700000ul
#define NORM 0x1000800000ul
#define RESIDUAL 0x1000900000ul
#define KEYS 0x1000a00000ul
#define VALUES 0x1000b00000ul
#define TABLE 0x40100000ul
#define UNTOUCHED 0xee

static u64 state;
static enum { ORDINARY, SPECIAL, RARELY_SPECIAL, WIDE, TINY, KINDS } kind;
static long failures;

static u64 next(void) {
  u64 z = state += 0x9e3779b97f4a7c15ul;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
  z = (z ^ z >> 27) * 0x94d049bb133111ebul;
  return z ^ z >> 31;
}

static u64 below(u64 n) { return next() % n; }

static u64 maybe(u64 x) { return below(2) ? x : 0; }

/* Ordinary values give ordinary results; wide ones overflow; tiny ones have subnormal products. */
static u32 value(void) {
  static const u32 special[] = {0x7f800000, 0x7fc00000, 0x7f800001, 0, 0x80000000, 1, 0x80012345, 0x7f7fffff, 0xff800000};
  int rarity = kind == SPECIAL ? 24 : kind == RARELY_SPECIAL ? 1000 : 0;
  if (rarity != 0 && below(rarity) == 0) return special[below(sizeof special / 4)];
  u64 exponent = kind == WIDE ? below(255) : kind == TINY ? 55 + below(16) : 120 + below(9);
  return (u32)((next() & 0x807fffff) | exponent << 23);
}

static u32 scale(void) { return below(3) ? value() : 0x3f800000; }

/* 0, or a cap that some results are near, some far below and some far above. */
static u32 cap(void) {
  if (below(2)) return 0;
  return kind == SPECIAL && below(4) == 0 ? value() : (u32)((next() & 0x7fffff) | (118 + below(20)) << 23);
}

static void fill(u64 at, u64 n) {
  for (u64 i = 0; i < n; i++) store32(at + 4 * i, value());
}

static float to_float(u64 bits) {
  u32 low = (u32)bits;
  float f;
  memcpy(&f, &low, 4);
  return f;
}

static float get(u64 at, u64 i) { return to_float(load32(at + 4 * i)); }

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

static float activated(u32 activation, float y) {
  if (activation == 1) return y / (1 + exponential(-y));
  if (activation == 2) {
    float t = y * (0x1.988454p0f + 0x1.2444f2p-4f * (y * y));
    return y / (1 + exponential(-t));
  }
  if (activation == 3) return y > 0 || isnan(y) ? y : 0;
  return y;
}

static float capped(float y, float cap) {
  float x = y / cap, a = fabsf(x), tanh;
  if (isnan(x)) return x;
  if (a < 0x1p-4f) {
    float z = x * x;
    tanh = x * (1 + z * (-0x1.555556p-2f + z * 0x1.111112p-3f));
  } else {
    tanh = copysignf(1 - 2 / (exponential(a + a) + 1), x);
  }
  return cap * tanh;
}

/* Sum of x[begin ... end), whose lanes count from x[0]. */
static float lanes_sum(const float *x, u64 begin, u64 end) {
  float lanes[16] = {0};
  for (u64 i = begin; i < end; i++) lanes[i % 16] = lanes[i % 16] + x[i];
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) lanes[i] = lanes[i] + lanes[i + half];
  }
  return lanes[0];
}

static void normalise(u64 in, u64 n, u64 weight, float epsilon, u64 out) {
  float squares[256];
  for (u64 i = 0; i < n; i++) squares[i] = get(in, i) * get(in, i);
  float r = 1 / sqrtf(lanes_sum(squares, 0, n) / (float)n + epsilon);
  for (u64 i = 0; i < n; i++) put(out, i, (get(in, i) * r) * get(weight, i));
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

/* Prepares OUT as an operator that also reads it finds it: as n floats, and something behind them. */
static void prepare_in_place(u64 n) {
  prepare(OUT);
  fill(OUT, n);
  memcpy((void *)EXPECTED, (void *)OUT, 1 << 16);
}

/* Any pattern, a usual value, or one at a boundary: 2^-4, 44, 87, 88. */
static f32 argument(void) {
  static const u32 boundaries[] = {0x3d800000, 0x42300000, 0x42ae0000, 0x42b00000};
  u64 choice = below(3);
  if (choice == 0) return f32_canonical(next() & 0xffffffff);
  if (choice == 1) return f32_canonical(value());
  return (boundaries[below(4)] + below(3) - 1) | maybe(F32_SIGN);
}

static void test_functions(void) {
  for (int i = 0; i < 100; i++) {
    f32 y = argument();
    for (u32 a = 0; a < 5; a++) {
      f32 actual = activate(a, y), expected = canonical(activated(a, to_float(y)));
      if (actual != expected && failures++ < 20) {
        printf("FAILED: activation %u of %08lx: %08lx, expected %08lx\n", a, y, actual, expected);
      }
    }
    f32 c = f32_canonical(below(2) ? value() : 0x3f800000);
    f32 actual = soft_cap(y, c), expected = canonical(capped(to_float(y), to_float(c)));
    if (actual != expected && failures++ < 20) {
      printf("FAILED: %08lx capped by %08lx: %08lx, expected %08lx\n", y, c, actual, expected);
    }
  }
}

static void test_project(void) {
  u64 n = 1 + below(70), count = below(70), first = 32 * below(3), end = first + count;
  u64 residuals[] = {0, RESIDUAL, OUT};
  struct node_row row = {.n = (u32)n, .first = (u32)first, .count = (u32)count, .activation = (u32)below(5),
                         .scale = scale(), .cap = cap(), .matrix = A, .factor = maybe(B), .bias = maybe(BIAS_A),
                         .factor_bias = maybe(BIAS_B), .in = IN, .out = OUT, .residual = residuals[below(3)]};
  fill(IN, n);
  fill(A, n * end);
  fill(B, n * end);
  fill(BIAS_A, end);
  fill(BIAS_B, end);
  fill(RESIDUAL, end);
  prepare_in_place(end);
  for (u64 r = first; r < end; r++) {
    float y = dot(A + 4 * n * r, IN, n);
    if (row.bias != 0) y = y + get(BIAS_A, r);
    y = activated(row.activation, y);
    if (row.factor != 0) {
      float u = dot(B + 4 * n * r, IN, n);
      if (row.factor_bias != 0) u = u + get(BIAS_B, r);
      y = y * u;
    }
    y = y * to_float(row.scale);
    if (row.cap != 0) y = capped(y, to_float(row.cap));
    if (row.residual != 0) y = get(row.residual, r) + y;
    put(EXPECTED, r, y);
  }
  if (count != 0) zero_padding(EXPECTED + 4 * end);
  run_project(&row);
  expect("PROJECT", OUT, 1 << 16);
}

static void test_norm(void) {
  u64 n = 1 + below(200), residuals[] = {0, RESIDUAL, OUT};
  struct node_row row = {.n = (u32)n, .epsilon = value() & 0x7fffffff, .norm = NORM, .in = below(4) ? IN : OUT,
                         .out = OUT, .residual = residuals[below(3)]};
  fill(IN, n);
  fill(NORM, n);
  fill(RESIDUAL, n);
  prepare_in_place(n);
  normalise(row.in, n, NORM, to_float(row.epsilon), EXPECTED);
  for (u64 i = 0; i < n && row.residual != 0; i++) put(EXPECTED, i, get(row.residual, i) + get(EXPECTED, i));
  zero_padding(EXPECTED + 4 * n);
  run_norm(&row);
  expect("NORM", OUT, 1 << 16);
}

#define UNKNOWN_TYPE 5

static u32 any_type(void) {
  static const u32 types[] = {TYPE_F32,  TYPE_F16,  TYPE_BF16, TYPE_Q4_0, TYPE_Q4_1, TYPE_Q5_0,
                              TYPE_Q5_1, TYPE_Q8_0, TYPE_Q4_K, TYPE_Q5_K, TYPE_Q6_K, UNKNOWN_TYPE};
  return types[below(sizeof types / 4)];
}

/* What dequantizes to which values is for the golden vectors to say; here it is what becomes of them. */
static void test_embed(void) {
  u32 type = any_type();
  u64 n = type == TYPE_F32 ? 1 + below(300) : 256 * (1 + below(2)), token = below(3);
  struct node_row row = {.n = (u32)n, .scale = scale(), .matrix_type = type, .matrix = A, .out = OUT};
  for (u64 i = 0; i < 3 * n * 4; i += 8) store64(A + i, next());
  prepare(OUT);
  dequantize_row(type, A + token * row_bytes(type, n), n, TEMPORARY);
  for (u64 i = 0; i < n; i++) put(EXPECTED, i, get(TEMPORARY, i) * to_float(row.scale));
  zero_padding(EXPECTED + 4 * n);
  run_embed(&row, token);
  expect("EMBED", OUT, 1 << 16);
}

static void test_bytes(void) {
  u64 n = 1 + below(1000);
  struct node_row row = {.n = (u32)n, .scale = scale(), .out = OUT};
  for (u64 i = 0; i < n; i += 8) store64(PROMPT_BASE + i, next());
  prepare(OUT);
  for (u64 i = 0; i < n; i++) put(EXPECTED, i, (float)load8(PROMPT_BASE + i) * to_float(row.scale));
  zero_padding(EXPECTED + 4 * n);
  run_bytes(&row);
  expect("BYTES", OUT, 1 << 16);
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

static void test_heads(void) {
  u64 n = 1 + below(40), d = 1 + below(40), first = below(3), end = first + below(4), position = below(4);
  u64 part = (2 * (end + 1) * d + 127) & ~127ul; /* of a KV row, keys or values */
  struct node_row row = {.n = (u32)n, .first = (u32)first, .count = (u32)(end - first), .head_dim = (u32)d,
                         .rope_dim = (u32)maybe(2 * below(d / 2 + 1)), .pairing = (u32)below(2),
                         .stride = (u32)maybe(2 * part), .epsilon = value() & 0x7fffffff, .matrix = A,
                         .bias = maybe(BIAS_A), .norm = maybe(NORM), .table = TABLE, .in = IN, .out = OUT};
  if (row.stride != 0) row.out += maybe(part);
  fill(IN, n);
  fill(A, n * end * d);
  fill(BIAS_A, end * d);
  fill(NORM, d);
  fill(TABLE, 4 * d);
  prepare(OUT);
  u64 out = EXPECTED + (row.out - OUT) + position * row.stride;
  for (u64 h = first; h < end; h++) {
    for (u64 r = h * d; r < (h + 1) * d; r++) {
      float y = dot(A + 4 * n * r, IN, n);
      put(TEMPORARY, r - h * d, row.bias == 0 ? y : y + get(BIAS_A, r));
    }
    if (row.norm != 0) normalise(TEMPORARY, d, NORM, to_float(row.epsilon), TEMPORARY);
    rotate(TEMPORARY, row.rope_dim, row.pairing, position);
    for (u64 i = 0; i < d; i++) {
      if (row.stride == 0) {
        put(out, h * d + i, get(TEMPORARY, i));
      } else {
        store16(out + 2 * (h * d + i), kv_half(get(TEMPORARY, i)));
      }
    }
  }
  if (row.count != 0) zero_padding(out + (row.stride == 0 ? 4 : 2) * end * d);
  run_heads(&row, position);
  expect(row.stride == 0 ? "HEADS" : "HEADS to a KV row", OUT, 1 << 16);
}

static void test_attention(void) {
  u64 d = 1 + below(40), group = 1 + below(3), first = below(2), end = first + below(6), positions = 1 + below(64);
  u64 windows[] = {0, 1 + below(positions), positions, positions + 1 + below(3), 0xffffffff};
  u64 window = windows[below(5)];
  u64 stride = (4 * (end / group + 1) * d + 127) & ~127ul;
  struct node_row row = {.first = (u32)first, .count = (u32)(end - first), .head_dim = (u32)d, .group = (u32)group,
                         .stride = (u32)stride, .window = (u32)window, .scale = scale(), .cap = cap(), .in = IN,
                         .out = OUT, .keys = KEYS, .values = VALUES};
  fill(IN, end * d);
  for (u64 i = 0; i < positions * stride / 2; i++) {
    store16(KEYS + 2 * i, kv_half(to_float(value())));
    store16(VALUES + 2 * i, kv_half(to_float(value())));
  }
  prepare(OUT);
  u64 t0 = window != 0 && window < positions ? positions - window : 0;
  for (u64 h = first; h < end; h++) {
    float e[64], largest = 0;
    u64 head = 2 * d * (h / group);
    for (u64 t = t0; t < positions; t++) {
      float acc = 0;
      for (u64 i = 0; i < d; i++) acc = acc + get(IN, h * d + i) * half_at(KEYS + head + t * stride + 2 * i);
      e[t] = acc * to_float(row.scale);
      if (row.cap != 0) e[t] = capped(e[t], to_float(row.cap));
      if (t == t0 || isnan(e[t]) || e[t] > largest) largest = e[t]; /* nothing is larger than NaN */
    }
    for (u64 t = t0; t < positions; t++) e[t] = exponential(e[t] - largest);
    float sum = lanes_sum(e, t0, positions);
    for (u64 i = 0; i < d; i++) {
      float acc = 0;
      for (u64 t = t0; t < positions; t++) acc = acc + e[t] * half_at(VALUES + head + t * stride + 2 * i);
      put(EXPECTED, h * d + i, acc / sum);
    }
  }
  if (row.count != 0) zero_padding(EXPECTED + 4 * end * d);
  run_attention(&row, positions - 1);
  expect("ATTENTION", OUT, 1 << 16);
}

/* No result may depend on what an earlier operator quantized. */
static void forget_scratch(void) {
  memset((void *)SCRATCH_BLOCKS_32, 0xa5, 1 << 14);
  memset((void *)SCRATCH_BLOCKS_256, 0xa5, 1 << 14);
}

/* Two weight types in a row give what each gives alone, and heads what other rows of a matrix give. */
static void test_mixed_types(void) {
  u64 n = 512, count = 32;
  struct node_row row = {.n = (u32)n, .count = (u32)count, .scale = 0x3f800000, .matrix_type = any_type(),
                         .factor_type = any_type(), .matrix = A, .factor = B, .in = IN, .out = OUT};
  fill(IN, n);
  for (u64 i = 0; i < count * n * 4; i += 8) {
    store64(A + i, next());
    store64(B + i, next());
  }
  struct node_row alone = row;
  alone.factor = 0;
  alone.factor_type = 0;
  alone.out = TEMPORARY;
  run_project(&alone);
  if (row.matrix_type == UNKNOWN_TYPE) memset((void *)TEMPORARY, 0, 4 * count);
  prepare(OUT);
  memcpy((void *)EXPECTED, (void *)TEMPORARY, 4 * count);
  struct node_row heads = {.n = (u32)n, .count = 4, .head_dim = (u32)count / 4, .matrix_type = row.matrix_type,
                           .matrix = A, .in = IN, .out = OUT};
  forget_scratch();
  run_heads(&heads, 0);
  expect("HEADS, any type", OUT, 1 << 16);

  alone.matrix_type = row.factor_type;
  alone.matrix = B;
  alone.out = TEMPORARY + 4 * count;
  run_project(&alone);
  for (u64 i = 0; i < count; i++) put(EXPECTED, i, get(TEMPORARY, i) * get(TEMPORARY, count + i));
  forget_scratch();
  run_project(&row);
  expect("PROJECT, mixed types", OUT, 1 << 16);
}

static u64 token(u64 position, u64 prompt_length, u64 vocabulary) {
  u64 place = position < prompt_length ? INPUT_BASE + 128 + 4 * position : OUTPUT_BASE + 4 + 4 * (position - prompt_length);
  u64 id = load32(place);
  return id < vocabulary ? id : 0;
}

/* The logits of the last tokens, and nothing else. */
static void test_penalties(void) {
  static const u32 windows[] = {0, 1, 2, 7, 1000, 0xffffffff};
  u64 vocabulary = 1 + below(12), prompt = 1 + below(20), position = prompt - 1 + below(20);
  u64 window = windows[below(6)], repeat_penalty = below(4) ? scale() : maybe(F32_INFINITY);
  struct graph_header *header = (struct graph_header *)GRAPH_BASE;
  struct input_header *input = (struct input_header *)INPUT_BASE;
  *header = (struct graph_header){.vocabulary_size = (u32)vocabulary};
  *input = (struct input_header){.prompt_length = (u32)prompt, .penalty_window = (u32)window, .presence_penalty = value(),
                                 .repeat_penalty = (u32)repeat_penalty, .frequency_penalty = value()};
  for (u64 i = 0; i < 20; i++) store32(PROMPT_BASE + 4 * i, below(vocabulary + 2));
  for (u64 i = 0; i < 20; i++) store32(OUTPUT_TOKEN(i), below(vocabulary + 2));
  fill(IN, vocabulary);
  store32(IN + 4 * below(vocabulary), maybe(F32_SIGN)); /* neither zero is positive */
  forget_scratch();
  memcpy((void *)EXPECTED, (void *)SCRATCH_PENALISED, 1 << 16);
  float repeat = to_float(repeat_penalty);
  for (u64 i = 0; i < vocabulary; i++) {
    u64 count = 0;
    for (u64 back = 0; back < window && back <= position; back++) {
      count += token(position - back, prompt, vocabulary) == i;
    }
    if (count == 0) continue;
    float l = get(IN, i);
    l = l > 0 ? l / repeat : l * repeat;
    float penalty = (float)count * to_float(input->frequency_penalty);
    penalty = penalty + to_float(input->presence_penalty);
    put(EXPECTED, i, l - penalty);
  }
  penalise(IN, position);
  expect("penalties", SCRATCH_PENALISED, 1 << 16);
}

/* A row of the node table is run, unless its operator is none of ours. */
static void test_node(void) {
  static const u32 unknown[] = {0, 8, 9, 0x107, 0xffffffff};
  u64 rows = 1 + below(5), r = below(rows);
  struct graph_header *header = (struct graph_header *)GRAPH_BASE;
  struct input_header *input = (struct input_header *)INPUT_BASE;
  struct node_row *row = (struct node_row *)(GRAPH_BASE + 256 * (1 + r));
  *header = (struct graph_header){.nodes_per_token = (u32)rows, .vocabulary_size = 1, .context_limit = 8};
  *input = (struct input_header){.prompt_length = 4, .max_new_tokens = 1};
  *row = (struct node_row){.op = OP_NORM, .n = 32, .norm = NORM, .in = IN, .out = OUT, .matrix = A};
  fill(IN, 32);
  fill(NORM, 32);
  prepare(OUT);
  normalise(IN, 32, NORM, 0, EXPECTED);
  guest_main(rows * below(4) + r);
  expect("a node", OUT, 1 << 16);
  row->op = unknown[below(sizeof unknown / 4)];
  prepare(OUT);
  guest_main(r);
  expect("an unknown operator", OUT, 1 << 16);
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? atol(argv[1]) : 4000;
  u64 seed = argc > 2 ? strtoul(argv[2], 0, 0) : 1;
  state = seed;
  map_guest_memory();
  for (long i = 0; i < rounds; i++) {
    kind = (int)(i % KINDS);
    test_functions();
    test_project();
    test_norm();
    test_bytes();
    test_embed();
    test_heads();
    test_attention();
    test_mixed_types();
    test_penalties();
    test_node();
  }
  printf("%s: operators, %ld rounds, seed %lu\n", failures ? "FAILED" : "ok", rounds, seed);
  return failures != 0;
}
