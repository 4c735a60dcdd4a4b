#include "activation.h"
#include "exponential.h"
#include "multiply_add.h"

enum activation { ACTIVATION_SILU = 1, ACTIVATION_GELU = 2, ACTIVATION_RELU = 3 };

#define GELU_LINEAR 0x3fcc422aul /* 0x1.988454p0 */
#define GELU_CUBIC 0x3d922279ul  /* 0x1.2444f2p-4 */

/* y / (1 + e^-t) */
static f32 gated(f32 y, f32 t) { return f32_div(y, f32_add(F32_ONE, f32_exp(f32_negate(t)))); }

static f32 gelu(f32 y) { return gated(y, f32_mul(y, multiply_add(GELU_LINEAR, GELU_CUBIC, f32_mul(y, y)))); }

f32 activate(u32 activation, f32 y) {
  switch (activation) {
    case ACTIVATION_SILU:
      return gated(y, y);
    case ACTIVATION_GELU:
      return gelu(y);
    case ACTIVATION_RELU:
      return y & F32_SIGN ? 0 : y; /* no NaN that arithmetic makes has a sign */
    default:
      return y;
  }
}
