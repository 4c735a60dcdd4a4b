/* Operator ATTENTION. */
#include "exponential.h"
#include "multiply_add.h"
#include "operators.h"
#include "reduce.h"
#include "soft_cap.h"

/* The larger; NaN if one is NaN. */
static f32 maximum(f32 a, f32 b) {
  if (f32_is_nan(a) || f32_is_nan(b)) return F32_NAN;
  return f32_less(a, b) ? b : a;
}

/* query · key, ascending from +0. Not inlined, so that the loop's constants have registers; likewise below. */
static NOINLINE f32 score(u64 query, u64 key, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) {
    acc = multiply_add_half(acc, load32(query + 4 * i), load16(key + 2 * i));
  }
  return acc;
}

/* acc[0 ... n) += weight · value[0 ... n). The order of the operands of e · v does not matter. */
static NOINLINE void add_weighted(u64 acc, f32 weight, u64 value, u64 n) {
  for (u64 i = 0; i < n; i++) {
    store32(acc + 4 * i, multiply_add_half(load32(acc + 4 * i), weight, load16(value + 2 * i)));
  }
}

/* Replaces the scores of positions begin ... end - 1 by e^(score - maximum) and returns their sum. */
static f32 exponentiate(u64 begin, u64 end, f32 largest) {
  f32 lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = 0;
  for (u64 p = begin; p < end; p++) {
    f32 e = f32_exp(f32_sub(load32(SCRATCH_SCORES + 4 * p), largest));
    store32(SCRATCH_SCORES + 4 * p, e);
    lanes[p % LANES] = f32_add(lanes[p % LANES], e);
  }
  return reduce_lanes(lanes);
}

/* keys, values: the head's part of the KV row of position 0. */
static void attend(const struct node_row *row, u64 query, u64 keys, u64 values, u64 begin, u64 end, u64 out) {
  u64 d = row->head_dim, stride = row->stride;
  f32 largest = 0;
  for (u64 p = begin; p < end; p++) {
    f32 s = f32_mul(score(query, keys + p * stride, d), row->scale);
    if (row->cap != 0) s = soft_cap(s, row->cap);
    store32(SCRATCH_SCORES + 4 * p, s);
    largest = p == begin ? s : maximum(largest, s);
  }
  f32 sum = exponentiate(begin, end, largest);
  for (u64 i = 0; i < d; i++) store32(SCRATCH_VECTOR + 4 * i, 0);
  for (u64 p = begin; p < end; p++) {
    add_weighted(SCRATCH_VECTOR, load32(SCRATCH_SCORES + 4 * p), values + p * stride, d);
  }
  for (u64 i = 0; i < d; i++) store32(out + 4 * i, f32_div(load32(SCRATCH_VECTOR + 4 * i), sum));
}

void run_attention(const struct node_row *row, u64 position) {
  u64 d = row->head_dim, positions = position + 1;
  u64 begin = row->window != 0 && row->window < positions ? positions - row->window : 0;
  u64 end = (u64)row->first + row->count;
  for (u64 head = row->first; head < end; head++) {
    u64 cached = 2 * d * (head / row->group);
    attend(row, row->in + 4 * head * d, row->keys + cached, row->values + cached, begin, positions,
           row->out + 4 * head * d);
  }
  if (row->count != 0) pad_slot(row->out + 4 * end * d);
}
