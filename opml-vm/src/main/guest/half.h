/* The 16-bit float formats: binary16 (GGUF scales, F16 weights, the KV cache) and bfloat16. */
#ifndef OPML_HALF_H
#define OPML_HALF_H

#include "softfloat.h"

/* Subnormal, infinite or NaN binary16. */
f32 f16_special_to_f32(u64 half);

/* Rounds by the rule of the KV cache: ties to even; magnitudes above 65504 become 65504, NaN 0x7e00. */
u64 f32_to_kv_half(f32 value);

/* Exact; NaN becomes the canonical one. */
ALWAYS_INLINE f32 f16_to_f32(u64 half) {
  u64 magnitude = half & 0x7fff;
  if (UNLIKELY(magnitude - 0x400 >= 0x7800)) return f16_special_to_f32(half);
  return (half & 0x8000) << 16 | ((magnitude << 13) + (112ul << 23));
}

ALWAYS_INLINE f32 bf16_to_f32(u64 half) { return half << 16; }

#endif
