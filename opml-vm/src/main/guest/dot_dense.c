#include "dot.h"
#include "half.h"
#include "softfloat_inline.h"

f32 dot_f32(u64 row, u64 x, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) {
    acc = f32_add_inline(acc, f32_mul_inline(load32(row + 4 * i), load32(x + 4 * i)));
  }
  return acc;
}

f32 dot_f16(u64 row, u64 x, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) {
    acc = f32_add_inline(acc, f32_mul_inline(f16_to_f32(load16(row + 2 * i)), load32(x + 4 * i)));
  }
  return acc;
}

f32 dot_bf16(u64 row, u64 x, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) {
    acc = f32_add_inline(acc, f32_mul_inline(bf16_to_f32(load16(row + 2 * i)), load32(x + 4 * i)));
  }
  return acc;
}
