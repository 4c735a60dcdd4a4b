/* Formats with blocks of 32 weights. */
#include "dot.h"
#include "multiply_add.h"

/* Bits of the largest sums: 127 · 32 times 1, 8, 15, 16, 31, 128. */
enum { BITS_X = 12, BITS_Q4_0 = 15, BITS_Q4_1 = 16, BITS_Q5_0 = 16, BITS_Q5_1 = 17, BITS_Q8_0 = 19 };

/* Sum of nibble · x over a block whose 16 bytes hold elements 0 ... 15 low and 16 ... 31 high. Sixteen products
   of at most 15 · 127 stay in a lane, thirty-two would not. */
ALWAYS_INLINE i64 nibbles_dot(u64 qs, const struct packed_eight *x) {
  u64 w[2];
  load_words(qs, w, 2);
  return lane_sum(low_nibbles_dot(w[0], &x[0]) + high_nibbles_dot(w[0], &x[2])) +
         lane_sum(low_nibbles_dot(w[1], &x[1]) + high_nibbles_dot(w[1], &x[3]));
}

/* Bits 0, 2, 4, 6 to lanes 0 ... 3: no two of the sixteen partial products meet. */
ALWAYS_INLINE u64 spread_bits(u64 bits) {
  return (bits & 0x55) * (1 | 1ul << 14 | 1ul << 28 | 1ul << 42) & LANES_BIT;
}

/* Sum of bit · x over 32 elements, bit i of bits belonging to element i. */
ALWAYS_INLINE i64 bits_dot(u64 bits, const struct packed_eight *x) {
  u64 products = 0;
  for (int i = 0; i < 4; i++) {
    products += spread_bits(bits) * x[i].even + spread_bits(bits >> 1) * x[i].odd;
    bits >>= 8;
  }
  return lane_sum(products);
}

f32 dot_q4_0(u64 row, u64 blocks, u64 n) {
  const struct block_32 *x = (const struct block_32 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 32 * 18; row < end; row += 18, x++) {
    i64 sum = nibbles_dot(row + 2, x->x) - 8 * x->sum;
    acc = add_block(acc, load16(row), &x->scale, sum, BITS_Q4_0);
  }
  return acc;
}

f32 dot_q4_1(u64 row, u64 blocks, u64 n) {
  const struct block_32 *x = (const struct block_32 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 32 * 20; row < end; row += 20, x++) {
    acc = add_block(acc, load16(row), &x->scale, nibbles_dot(row + 4, x->x), BITS_Q4_1);
    acc = add_block(acc, load16(row + 2), &x->scale, x->sum, BITS_X);
  }
  return acc;
}

f32 dot_q5_0(u64 row, u64 blocks, u64 n) {
  const struct block_32 *x = (const struct block_32 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 32 * 22; row < end; row += 22, x++) {
    i64 high = bits_dot(load32_halves(row + 2), x->x);
    i64 sum = nibbles_dot(row + 6, x->x) + 16 * (high - x->sum);
    acc = add_block(acc, load16(row), &x->scale, sum, BITS_Q5_0);
  }
  return acc;
}

f32 dot_q5_1(u64 row, u64 blocks, u64 n) {
  const struct block_32 *x = (const struct block_32 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 32 * 24; row < end; row += 24, x++) {
    i64 high = bits_dot(load32(row + 4), x->x);
    acc = add_block(acc, load16(row), &x->scale, nibbles_dot(row + 8, x->x) + 16 * high, BITS_Q5_1);
    acc = add_block(acc, load16(row + 2), &x->scale, x->sum, BITS_X);
  }
  return acc;
}

f32 dot_q8_0(u64 row, u64 blocks, u64 n) {
  const struct block_32 *x = (const struct block_32 *)blocks;
  f32 acc = 0;
  for (u64 end = row + n / 32 * 34; row < end; row += 34, x++) {
    u64 w[4];
    load_words(row + 2, w, 4);
    /* q + 128 as two unsigned nibbles. */
    for (int i = 0; i < 4; i++) w[i] ^= 0x8080808080808080ul;
    i64 low = lane_sum(low_nibbles_dot(w[0], &x->x[0]) + low_nibbles_dot(w[1], &x->x[1])) +
              lane_sum(low_nibbles_dot(w[2], &x->x[2]) + low_nibbles_dot(w[3], &x->x[3]));
    i64 high = lane_sum(high_nibbles_dot(w[0], &x->x[0]) + high_nibbles_dot(w[1], &x->x[1])) +
               lane_sum(high_nibbles_dot(w[2], &x->x[2]) + high_nibbles_dot(w[3], &x->x[3]));
    i64 sum = low + 16 * high - 128 * x->sum;
    acc = add_block(acc, load16(row), &x->scale, sum, BITS_Q8_0);
  }
  return acc;
}
