#include "soft_cap.h"
#include "exponential.h"
#include "multiply_add.h"

#define F32_TWO 0x40000000ul
#define SMALL 0x3d800000ul         /* 2^-4: below it the other formula cancels */
#define COEFFICIENT_3 0xbeaaaaabul /* -0x1.555556p-2 */
#define COEFFICIENT_5 0x3e088889ul /* 0x1.111112p-3 */

static f32 hyperbolic_tangent(f32 x) {
  f32 a = f32_magnitude(x);
  if (a < SMALL) {
    f32 z = f32_mul(x, x);
    return f32_mul(x, multiply_add(F32_ONE, z, multiply_add(COEFFICIENT_3, z, COEFFICIENT_5)));
  }
  f32 e = f32_exp(f32_add(a, a));
  return (x & F32_SIGN) | f32_sub(F32_ONE, f32_div(F32_TWO, f32_add(e, F32_ONE)));
}

f32 soft_cap(f32 y, f32 cap) { return f32_mul(cap, hyperbolic_tangent(f32_div(y, cap))); }
