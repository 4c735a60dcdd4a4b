/* Embedding rows: weights back to float32; docs/numerics.md, "Embedding row". */
#include "half.h"
#include "matrix.h"
#include "scales_k.h"

static void put(u64 out, u64 i, f32 value) { store32(out + 4 * i, f32_canonical(value)); }

/* d · f(q), plus m where the format has one. */
static void put_scaled(u64 out, u64 i, f32 d, i64 q) { put(out, i, f32_mul(d, f32_from_int(q))); }

static void put_affine(u64 out, u64 i, f32 d, i64 q, f32 m) {
  put(out, i, f32_add(f32_mul(d, f32_from_int(q)), m));
}

static i64 nibble(u64 qs, u64 i) { return (i64)(i < 16 ? load8(qs + i) & 15 : load8(qs + i - 16) >> 4); }

static i64 bit(u64 bits, u64 i) { return (i64)(bits >> i & 1); }

static void block_q4_0(u64 block, u64 out) {
  f32 d = f16_to_f32(load16(block));
  for (u64 i = 0; i < 32; i++) put_scaled(out, i, d, nibble(block + 2, i) - 8);
}

static void block_q4_1(u64 block, u64 out) {
  f32 d = f16_to_f32(load16(block)), m = f16_to_f32(load16(block + 2));
  for (u64 i = 0; i < 32; i++) put_affine(out, i, d, nibble(block + 4, i), m);
}

static void block_q5_0(u64 block, u64 out) {
  f32 d = f16_to_f32(load16(block));
  u64 high = load32_halves(block + 2);
  for (u64 i = 0; i < 32; i++) put_scaled(out, i, d, nibble(block + 6, i) + 16 * bit(high, i) - 16);
}

static void block_q5_1(u64 block, u64 out) {
  f32 d = f16_to_f32(load16(block)), m = f16_to_f32(load16(block + 2));
  u64 high = load32(block + 4);
  for (u64 i = 0; i < 32; i++) put_affine(out, i, d, nibble(block + 8, i) + 16 * bit(high, i), m);
}

static void block_q8_0(u64 block, u64 out) {
  f32 d = f16_to_f32(load16(block));
  for (u64 i = 0; i < 32; i++) put_scaled(out, i, d, load8_signed(block + 2 + i));
}

/* qh 0: Q4_K, without fifth bits. (d·f(sc))·f(q) - dmin·f(m) */
static void block_q45_k(u64 block, u64 qs, u64 qh, u64 out) {
  f32 d = f16_to_f32(load16(block)), dmin = f16_to_f32(load16(block + 2));
  struct scales_k k = unpack_scales(block + 4);
  for (u64 j = 0; j < 8; j++) {
    f32 scale = f32_mul(d, f32_from_int(byte_of(k.scales, j)));
    f32 minimum = f32_mul(dmin, f32_from_int(byte_of(k.minima, j)));
    for (u64 l = 0; l < 32; l++) {
      i64 q = (i64)(load8(qs + 32 * (j / 2) + l) >> 4 * (j & 1) & 15);
      if (qh != 0) q += 16 * bit(load8(qh + l), j);
      put(out, 32 * j + l, f32_sub(f32_mul(scale, f32_from_int(q)), minimum));
    }
  }
}

static void block_q4_k(u64 block, u64 out) { block_q45_k(block, block + 16, 0, out); }

static void block_q5_k(u64 block, u64 out) { block_q45_k(block, block + 48, block + 16, out); }

static void block_q6_k(u64 block, u64 out) {
  f32 d = f16_to_f32(load16(block + 208));
  for (u64 i = 0; i < 256; i++) {
    u64 half = i >> 7, quarter = i >> 5 & 3, l = i & 31;
    u64 low = load8(block + 64 * half + 32 * (quarter & 1) + l) >> 4 * (quarter >> 1) & 15;
    u64 high = load8(block + 128 + 32 * half + l) >> 2 * quarter & 3;
    f32 scale = f32_mul(d, f32_from_int(load8_signed(block + 192 + i / 16)));
    put_scaled(out, i, scale, (i64)(low + 16 * high) - 32);
  }
}

static void blocks(void (*block)(u64, u64), u64 bytes, u64 elements, u64 row, u64 n, u64 out) {
  for (; n >= elements; n -= elements) {
    block(row, out);
    row += bytes;
    out += 4 * elements;
  }
}

void dequantize_row(u32 type, u64 row, u64 n, u64 out) {
  switch (type) {
    case TYPE_F32:
      for (u64 i = 0; i < n; i++) put(out, i, load32(row + 4 * i));
      break;
    case TYPE_F16:
      for (u64 i = 0; i < n; i++) put(out, i, f16_to_f32(load16(row + 2 * i)));
      break;
    case TYPE_BF16:
      for (u64 i = 0; i < n; i++) put(out, i, bf16_to_f32(load16(row + 2 * i)));
      break;
    case TYPE_Q4_0:
      blocks(block_q4_0, 18, 32, row, n, out);
      break;
    case TYPE_Q4_1:
      blocks(block_q4_1, 20, 32, row, n, out);
      break;
    case TYPE_Q5_0:
      blocks(block_q5_0, 22, 32, row, n, out);
      break;
    case TYPE_Q5_1:
      blocks(block_q5_1, 24, 32, row, n, out);
      break;
    case TYPE_Q8_0:
      blocks(block_q8_0, 34, 32, row, n, out);
      break;
    case TYPE_Q4_K:
      blocks(block_q4_k, 144, 256, row, n, out);
      break;
    case TYPE_Q5_K:
      blocks(block_q5_k, 176, 256, row, n, out);
      break;
    case TYPE_Q6_K:
      blocks(block_q6_k, 210, 256, row, n, out);
      break;
    default:
      for (u64 i = 0; i < n; i++) put(out, i, 0);
      break;
  }
}
