/* A matrix row times an activation, for every weight format; docs/numerics.md, "Matrix row times vector". */
#ifndef OPML_DOT_H
#define OPML_DOT_H

#include "quantize.h"

/* row: address of the row's first block. x: address of the activation, in float32 or in the blocks that the format
   needs. n: elements, a multiple of the format's block. */
typedef f32 row_product(u64 row, u64 x, u64 n);

row_product dot_f32, dot_f16, dot_bf16;
row_product dot_q4_0, dot_q4_1, dot_q5_0, dot_q5_1, dot_q8_0; /* struct block_32 */
row_product dot_q4_k, dot_q5_k, dot_q6_k;                     /* struct block_256 */

#define LANES_NIBBLE 0x000f000f000f000ful
#define LANES_TWO_BITS 0x0003000300030003ul
#define LANES_BIT 0x0001000100010001ul

/* Four-way products of the nibbles of eight bytes, low or high, with eight activations. */
ALWAYS_INLINE u64 low_nibbles_dot(u64 bytes, const struct packed_eight *x) {
  return (bytes & LANES_NIBBLE) * x->even + (bytes >> 8 & LANES_NIBBLE) * x->odd;
}

ALWAYS_INLINE u64 high_nibbles_dot(u64 bytes, const struct packed_eight *x) {
  return (bytes >> 4 & LANES_NIBBLE) * x->even + (bytes >> 12 & LANES_NIBBLE) * x->odd;
}

#endif
