/* Formats with blocks of 256 weights. */
#include "dot.h"
#include "multiply_add.h"
#include "scales_k.h"

/* Bits of the largest sums: 127 · 256 times 63, 63 · 15, 63 · 31, 128 · 32. */
enum { BITS_MINIMA = 21, BITS_Q4_K = 25, BITS_Q5_K = 26, BITS_Q6_K = 27 };

/* Sum over the low (or high) nibbles of 32 bytes; sixteen products at most a lane. */
ALWAYS_INLINE i64 low_dot_32(u64 qs, const struct packed_eight *x) {
  return lane_sum(low_nibbles_dot(load64(qs), &x[0]) + low_nibbles_dot(load64(qs + 8), &x[1])) +
         lane_sum(low_nibbles_dot(load64(qs + 16), &x[2]) + low_nibbles_dot(load64(qs + 24), &x[3]));
}

ALWAYS_INLINE i64 high_dot_32(u64 qs, const struct packed_eight *x) {
  return lane_sum(high_nibbles_dot(load64(qs), &x[0]) + high_nibbles_dot(load64(qs + 8), &x[1])) +
         lane_sum(high_nibbles_dot(load64(qs + 16), &x[2]) + high_nibbles_dot(load64(qs + 24), &x[3]));
}

/* Sum of bit · x over 32 bytes at qh, bit number bit of each. */
ALWAYS_INLINE i64 bit_dot_32(u64 qh, u64 bit, const struct packed_eight *x) {
  u64 products = 0;
  for (u64 i = 0; i < 4; i++) {
    u64 w = load64(qh + 8 * i) >> bit;
    products += (w & LANES_BIT) * x[i].even + (w >> 8 & LANES_BIT) * x[i].odd;
  }
  return lane_sum(products);
}

/* (acc + (d·dx)·f(sum)) - (dmin·dx)·f(minima): the sign of an exact product may move to its factor. */
ALWAYS_INLINE f32 add_block_k(f32 acc, u64 block, const struct block_256 *x, i64 sum, int sum_bits, i64 minima) {
  acc = add_block(acc, load16(block), &x->scale, sum, sum_bits);
  return add_block(acc, load16(block + 2), &x->scale, -minima, BITS_MINIMA);
}

ALWAYS_INLINE i64 minima_dot(u64 minima, const i64 *sums) {
  i64 dot = 0;
  for (u64 j = 0; j < 8; j++) dot += byte_of(minima, j) * sums[j];
  return dot;
}

f32 dot_q4_k(u64 row, u64 blocks, u64 n) {
  const struct block_256 *x = (const struct block_256 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 256 * 144; row < end; row += 144, x++) {
    struct scales_k k = unpack_scales(row + 4);
    i64 sum = 0;
    for (u64 j = 0; j < 8; j += 2) {
      u64 qs = row + 16 + 16 * j;
      sum += byte_of(k.scales, j) * low_dot_32(qs, &x->x[4 * j]);
      sum += byte_of(k.scales, j + 1) * high_dot_32(qs, &x->x[4 * j + 4]);
    }
    acc = add_block_k(acc, row, x, sum, BITS_Q4_K, minima_dot(k.minima, x->sum_32));
  }
  return acc;
}

f32 dot_q5_k(u64 row, u64 blocks, u64 n) {
  const struct block_256 *x = (const struct block_256 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 256 * 176; row < end; row += 176, x++) {
    struct scales_k k = unpack_scales(row + 4);
    u64 qh = row + 16;
    i64 sum = 0;
    for (u64 j = 0; j < 8; j += 2) {
      u64 qs = row + 48 + 16 * j;
      const struct packed_eight *low = &x->x[4 * j], *high = low + 4;
      sum += byte_of(k.scales, j) * (low_dot_32(qs, low) + 16 * bit_dot_32(qh, j, low));
      sum += byte_of(k.scales, j + 1) * (high_dot_32(qs, high) + 16 * bit_dot_32(qh, j + 1, high));
    }
    acc = add_block_k(acc, row, x, sum, BITS_Q5_K, minima_dot(k.minima, x->sum_32));
  }
  return acc;
}

ALWAYS_INLINE u64 two_bits_dot(u64 bytes, const struct packed_eight *x) {
  return (bytes & LANES_TWO_BITS) * x->even + (bytes >> 8 & LANES_TWO_BITS) * x->odd;
}

/* Sixteen elements of a Q6_K block: scale · sum of (q - 32) · x, q = nibble + 16 · two bits. */
ALWAYS_INLINE i64 scaled_16(i64 scale, u64 nibbles, u64 two_bits, i64 x_sum) {
  return scale * (lane_sum(nibbles) + 16 * lane_sum(two_bits) - 32 * x_sum);
}

f32 dot_q6_k(u64 row, u64 blocks, u64 n) {
  const struct block_256 *x = (const struct block_256 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 256 * 210; row < end; row += 210, x++) {
    i64 sum = 0;
    for (u64 half = 0; half < 2; half++) { /* 128 elements: 64 bytes of nibbles, 32 of bit pairs, 8 scales */
      u64 ql[8], qh[4];
      load_words(row + 64 * half, ql, 8);
      load_words(row + 128 + 32 * half, qh, 4);
      u64 scales = row + 192 + 8 * half;
      const struct packed_eight *e = &x->x[16 * half];
      const i64 *sums = &x->sum_16[8 * half];
      for (u64 j = 0; j < 2; j++) { /* sixteen bytes of each quarter */
        u64 a = qh[2 * j], b = qh[2 * j + 1];
        const u64 *first = &ql[2 * j], *second = &ql[4 + 2 * j];
        const struct packed_eight *y = &e[2 * j];
        sum += scaled_16(load8_signed(scales + j),
                         low_nibbles_dot(first[0], &y[0]) + low_nibbles_dot(first[1], &y[1]),
                         two_bits_dot(a, &y[0]) + two_bits_dot(b, &y[1]), sums[j]);
        sum += scaled_16(load8_signed(scales + 2 + j),
                         low_nibbles_dot(second[0], &y[4]) + low_nibbles_dot(second[1], &y[5]),
                         two_bits_dot(a >> 2, &y[4]) + two_bits_dot(b >> 2, &y[5]), sums[2 + j]);
        sum += scaled_16(load8_signed(scales + 4 + j),
                         high_nibbles_dot(first[0], &y[8]) + high_nibbles_dot(first[1], &y[9]),
                         two_bits_dot(a >> 4, &y[8]) + two_bits_dot(b >> 4, &y[9]), sums[4 + j]);
        sum += scaled_16(load8_signed(scales + 6 + j),
                         high_nibbles_dot(second[0], &y[12]) + high_nibbles_dot(second[1], &y[13]),
                         two_bits_dot(a >> 6, &y[12]) + two_bits_dot(b >> 6, &y[13]), sums[6 + j]);
      }
    }
    acc = add_block(acc, load16(row + 208), &x->scale, sum, BITS_Q6_K);
  }
  return acc;
}
