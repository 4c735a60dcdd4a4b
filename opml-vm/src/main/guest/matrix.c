#include "matrix.h"
#include "dot.h"

enum activation_kind { KIND_FLOAT, KIND_32, KIND_256 };

static enum activation_kind kind_of(u32 type) {
  switch (type) {
    case TYPE_Q4_0:
    case TYPE_Q4_1:
    case TYPE_Q5_0:
    case TYPE_Q5_1:
    case TYPE_Q8_0:
      return KIND_32;
    case TYPE_Q4_K:
    case TYPE_Q5_K:
    case TYPE_Q6_K:
      return KIND_256;
    default:
      return KIND_FLOAT;
  }
}

u64 row_bytes(u32 type, u64 n) {
  switch (type) {
    case TYPE_F32:
      return n * 4;
    case TYPE_F16:
    case TYPE_BF16:
      return n * 2;
    case TYPE_Q4_0:
      return n / 32 * 18;
    case TYPE_Q4_1:
      return n / 32 * 20;
    case TYPE_Q5_0:
      return n / 32 * 22;
    case TYPE_Q5_1:
      return n / 32 * 24;
    case TYPE_Q8_0:
      return n / 32 * 34;
    case TYPE_Q4_K:
      return n / 256 * 144;
    case TYPE_Q5_K:
      return n / 256 * 176;
    case TYPE_Q6_K:
      return n / 256 * 210;
    default:
      return 0;
  }
}

void quantize_for(const u32 *types, int count, u64 x, u64 n) {
  int need_32 = 0, need_256 = 0;
  for (int i = 0; i < count; i++) {
    need_32 |= kind_of(types[i]) == KIND_32;
    need_256 |= kind_of(types[i]) == KIND_256;
  }
  if (need_32) quantize_32(x, n, (struct block_32 *)SCRATCH_BLOCKS_32);
  if (need_256) quantize_256(x, n, (struct block_256 *)SCRATCH_BLOCKS_256);
}

/* No valid image holds another type; the result is defined all the same. */
static f32 dot_unknown(u64 row, u64 x, u64 n) {
  (void)row, (void)x, (void)n;
  return 0;
}

static row_product *product_of(u32 type) {
  switch (type) {
    case TYPE_F32:
      return dot_f32;
    case TYPE_F16:
      return dot_f16;
    case TYPE_BF16:
      return dot_bf16;
    case TYPE_Q4_0:
      return dot_q4_0;
    case TYPE_Q4_1:
      return dot_q4_1;
    case TYPE_Q5_0:
      return dot_q5_0;
    case TYPE_Q5_1:
      return dot_q5_1;
    case TYPE_Q8_0:
      return dot_q8_0;
    case TYPE_Q4_K:
      return dot_q4_k;
    case TYPE_Q5_K:
      return dot_q5_k;
    case TYPE_Q6_K:
      return dot_q6_k;
    default:
      return dot_unknown;
  }
}

static u64 activation_of(u32 type, u64 x) {
  switch (kind_of(type)) {
    case KIND_32:
      return SCRATCH_BLOCKS_32;
    case KIND_256:
      return SCRATCH_BLOCKS_256;
    default:
      return x;
  }
}

/* The product is chosen here, once a node: choosing it once a row cost up to one instruction in a hundred. */
struct matrix matrix_of(u32 type, u64 base, u64 x, u64 n) {
  return (struct matrix){.product = product_of(type),
                         .base = base,
                         .stride = row_bytes(type, n),
                         .n = n,
                         .x = activation_of(type, x)};
}
