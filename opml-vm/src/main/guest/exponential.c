#include "exponential.h"
#include "multiply_add.h"

#define LOG2_E 0x3fb8aa3bul   /* 0x1.715476p0 */
#define LN2_HIGH 0x3f317200ul /* 0x1.62e4p-1 */
#define LN2_LOW 0x35bfbe8eul  /* 0x1.7f7d1cp-20 */

NOINLINE f32 f32_exp(f32 x) {
  static const u32 coefficients[] = {
      0x3ab511a9, /* 0x1.6a2352p-10 */
      0x3c091d36, /* 0x1.123a6cp-7 */
      0x3d2aac7a, /* 0x1.5558f4p-5 */
      0x3e2aaa48, /* 0x1.555490p-3 */
      0x3efffffe, /* 0x1.fffffcp-2 */
  };
  if (f32_is_nan(x)) return F32_NAN;
  if (x & F32_SIGN) {
    if (f32_magnitude(x) > 0x42ae0000) return 0; /* 87 */
  } else if (x > 0x42b00000) { /* 88 */
    return F32_INFINITY;
  }
  i64 n = f32_to_int(f32_mul(x, LOG2_E));
  f32 steps = f32_negate(f32_from_int(n));
  f32 r = multiply_add(multiply_add(x, steps, LN2_HIGH), steps, LN2_LOW);
  f32 q = coefficients[0];
  for (int i = 1; i < 5; i++) q = multiply_add(coefficients[i], q, r);
  f32 p = f32_mul(f32_mul(q, r), r);
  f32 y = f32_add(f32_add(p, r), F32_ONE);
  return f32_mul(y, (u64)(n + 127) << 23); /* n is -126 ... 127: 2^n is normal, the product may not be */
}
