#include "penalties.h"

#include "operators.h"
#include "softfloat.h"

static f32 penalised(f32 logit, u64 count) {
  f32 repeat = INPUT->repeat_penalty;
  logit = f32_less(0, logit) ? f32_div(logit, repeat) : f32_mul(logit, repeat);
  f32 frequency = f32_mul(f32_from_int((i64)count), INPUT->frequency_penalty);
  return f32_sub(logit, f32_add(frequency, INPUT->presence_penalty));
}

void penalise(u64 logits, u64 position) {
  u64 end = position + 1;
  u64 first = end > INPUT->penalty_window ? end - INPUT->penalty_window : 0;
  /* Only the counts of these tokens are looked at, so only they are set to zero. */
  for (u64 q = first; q < end; q++) store32(SCRATCH_COUNTS + 4 * token_at(q), 0);
  for (u64 q = first; q < end; q++) {
    u64 count = SCRATCH_COUNTS + 4 * token_at(q);
    store32(count, load32(count) + 1);
  }
  for (u64 q = first; q < end; q++) {
    u64 id = token_at(q);
    store32(SCRATCH_PENALISED + 4 * id, penalised(load32(logits + 4 * id), load32(SCRATCH_COUNTS + 4 * id)));
  }
}
