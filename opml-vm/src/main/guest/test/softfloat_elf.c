/* The soft-float for tests in the machine: a guest of its own. a0 is the number of an operation. At the base of the input region
   lies a u64 count, then at 16 that many records of four u32: operands a, b, c and zero. Results go to the base of the
   state region, one u32 each. */
#include "../multiply_add.h"

#define STATE_BASE 0x1000000000ul
#define RECORDS (INPUT_BASE + 16)

static u64 compute(u64 operation, u64 a, u64 b, u64 c) {
  switch (operation) {
    case 0: return f32_add(a, b);
    case 1: return f32_sub(a, b);
    case 2: return f32_mul(a, b);
    case 3: return f32_div(a, b);
    case 4: return f32_sqrt(a);
    case 5: return (u64)f32_less(a, b);
    case 6: return (u64)f32_less_or_equal(a, b);
    case 7: return (u64)f32_to_int(a);
    case 8: return f32_from_int((i32)a);
    case 9: return f16_to_f32(a);
    case 10: return f32_canonical(bf16_to_f32(a));
    case 11: return f32_to_kv_half(a);
    case 12: return multiply_add(c, a, b);
    case 13: return multiply_add_half(c, a, b);
    default: return ~0ul;
  }
}

void guest_main(u64 operation) {
  u64 count = load64(INPUT_BASE);
  for (u64 i = 0; i < count; i++) {
    u64 record = RECORDS + 16 * i;
    store32(STATE_BASE + 4 * i, compute(operation, load32(record), load32(record + 4), load32(record + 8)));
  }
}
