#include "rms_norm.h"
#include "multiply_add.h"
#include "reduce.h"

void rms_norm(u64 in, u64 n, u64 weight, f32 epsilon, u64 out) {
  f32 lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = 0;
  for (u64 i = 0; i < n; i++) {
    f32 x = load32(in + 4 * i);
    lanes[i % LANES] = multiply_add(lanes[i % LANES], x, x);
  }
  f32 mean = f32_div(reduce_lanes(lanes), f32_from_int((i64)n));
  f32 r = f32_div(F32_ONE, f32_sqrt(f32_add(mean, epsilon)));
  for (u64 i = 0; i < n; i++) {
    store32(out + 4 * i, f32_mul(f32_mul(load32(in + 4 * i), r), load32(weight + 4 * i)));
  }
}
