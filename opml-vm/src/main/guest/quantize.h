/* Activations as int8 blocks, quantized once a node. */
#ifndef OPML_QUANTIZE_H
#define OPML_QUANTIZE_H

#include "softfloat.h"

/* Eight int8 values x0 ... x7 are kept as two words of four 16-bit lanes, packed for one 64-bit multiplication
   as a 4-way dot product: even = x0·2^48 + x2·2^32 + x4·2^16 + x6, odd likewise from x1. Multiplied by a word of
   unsigned weights w0 + w2·2^16 + w4·2^32 + w6·2^48, bits 48 ... 63 get w0·x0 + w2·x2 + w4·x4 + w6·x6
   (and a borrow from below, see lane_sum). */
struct packed_eight {
  u64 even;
  u64 odd;
};

/* The block's scale dx, taken apart once for the fast path of add_block. */
struct block_scale {
  f32 value;
  u64 significand;
  i64 exponent; /* UNSCALABLE where dx is not a normal number */
};

#define UNSCALABLE (-4096)

struct block_32 {
  struct packed_eight x[4];
  struct block_scale scale;
  i64 sum; /* of the 32 values */
};

struct block_256 {
  struct packed_eight x[32];
  i64 sum_16[16]; /* of each 16 values */
  i64 sum_32[8];
  struct block_scale scale;
};

/* Quantize n float32 at in; n is a multiple of the block. */
void quantize_32(u64 in, u64 n, struct block_32 *blocks);
void quantize_256(u64 in, u64 n, struct block_256 *blocks);

/* The top lane of a sum of 4-way products, as a signed number: the lower lanes' signed total, which is
   between -2^47 and 2^47 where every lane stays in 16 bits, is rounded away. */
ALWAYS_INLINE i64 lane_sum(u64 products) { return (i64)(products + (1ul << 47)) >> 48; }

#endif
