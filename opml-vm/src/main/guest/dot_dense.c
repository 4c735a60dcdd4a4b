#include "dot.h"
#include "multiply_add.h"

f32 dot_f32(u64 row, u64 x, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) acc = multiply_add(acc, load32(x + 4 * i), load32(row + 4 * i));
  return acc;
}

f32 dot_f16(u64 row, u64 x, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) acc = multiply_add_half(acc, load32(x + 4 * i), load16(row + 2 * i));
  return acc;
}

f32 dot_bf16(u64 row, u64 x, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) acc = multiply_add(acc, load32(x + 4 * i), bf16_to_f32(load16(row + 2 * i)));
  return acc;
}
