#include "quantize.h"
#include "softfloat_inline.h"

#define SMALLEST_SCALED 0x0d800000ul /* 2^-100: smaller maxima quantize to zero */
#define MAXIMUM 0x42fe0000ul         /* 127 */

struct scaling {
  f32 scale;
  f32 inverse; /* 0 where all values are zero */
};

static struct scaling scaling_of(u64 in, u64 n) {
  u64 largest = 0;
  for (u64 i = 0; i < n; i++) {
    u64 magnitude = f32_magnitude(load32(in + 4 * i));
    if (magnitude > largest) largest = magnitude;
  }
  if (largest < SMALLEST_SCALED) return (struct scaling){0, 0};
  if (largest >= F32_INFINITY) return (struct scaling){F32_NAN, 0};
  return (struct scaling){f32_div(largest, MAXIMUM), f32_div(MAXIMUM, largest)};
}

static struct block_scale block_scale_of(f32 scale) {
  i64 exponent = f32_is_normal(scale) ? (i64)f32_exponent(scale) : UNSCALABLE;
  return (struct block_scale){scale, f32_significand(scale), exponent};
}

/* Returns the sum of eight quantized values. */
static i64 quantize_eight(u64 in, f32 inverse, struct packed_eight *x) {
  if (inverse == 0) {
    *x = (struct packed_eight){0, 0};
    return 0;
  }
  u64 even = 0, odd = 0;
  i64 sum = 0;
  for (int i = 0; i < 4; i++) {
    i64 a = f32_to_int(f32_mul(load32(in + 8 * (u64)i), inverse));
    i64 b = f32_to_int(f32_mul(load32(in + 8 * (u64)i + 4), inverse));
    even = (even << 16) + (u64)a;
    odd = (odd << 16) + (u64)b;
    sum += a + b;
  }
  *x = (struct packed_eight){even, odd};
  return sum;
}

void quantize_32(u64 in, u64 n, struct block_32 *blocks) {
  for (; n >= 32; n -= 32, in += 128, blocks++) {
    struct scaling scaling = scaling_of(in, 32);
    i64 sum = 0;
    for (u64 i = 0; i < 4; i++) sum += quantize_eight(in + 32 * i, scaling.inverse, &blocks->x[i]);
    blocks->scale = block_scale_of(scaling.scale);
    blocks->sum = sum;
  }
}

void quantize_256(u64 in, u64 n, struct block_256 *blocks) {
  for (; n >= 256; n -= 256, in += 1024, blocks++) {
    struct scaling scaling = scaling_of(in, 256);
    for (u64 i = 0; i < 16; i++) {
      i64 sum = quantize_eight(in + 64 * i, scaling.inverse, &blocks->x[2 * i]);
      sum += quantize_eight(in + 64 * i + 32, scaling.inverse, &blocks->x[2 * i + 1]);
      blocks->sum_16[i] = sum;
    }
    for (u64 i = 0; i < 8; i++) blocks->sum_32[i] = blocks->sum_16[2 * i] + blocks->sum_16[2 * i + 1];
    blocks->scale = block_scale_of(scaling.scale);
  }
}
