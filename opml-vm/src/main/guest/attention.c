/* Operator ATTENTION. */
#include "exponential.h"
#include "multiply_add.h"
#include "operators.h"
#include "reduce.h"

/* The larger; NaN if one is NaN. */
static f32 maximum(f32 a, f32 b) {
  if (f32_is_nan(a) || f32_is_nan(b)) return F32_NAN;
  return f32_less(a, b) ? b : a;
}

/* query · key, ascending from +0. */
static f32 score(u64 query, u64 key, u64 n) {
  f32 acc = 0;
  for (u64 i = 0; i < n; i++) {
    acc = multiply_add_half(acc, load32(query + 4 * i), load16(key + 2 * i));
  }
  return acc;
}

/* acc[0 ... n) += weight · value[0 ... n). The order of the operands of e · v does not matter. */
static void add_weighted(u64 acc, f32 weight, u64 value, u64 n) {
  for (u64 i = 0; i < n; i++) {
    store32(acc + 4 * i, multiply_add_half(load32(acc + 4 * i), weight, load16(value + 2 * i)));
  }
}

/* Replaces the scores by e^(score - maximum) and returns their sum. */
static f32 exponentiate(u64 positions, f32 largest) {
  f32 lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = 0;
  for (u64 p = 0; p < positions; p++) {
    f32 e = f32_exp(f32_sub(load32(SCRATCH_SCORES + 4 * p), largest));
    store32(SCRATCH_SCORES + 4 * p, e);
    lanes[p % LANES] = f32_add(lanes[p % LANES], e);
  }
  return reduce_lanes(lanes);
}

/* keys: the head's part of the KV row of position 0; the values lie value_offset bytes behind. */
static void attend(const struct node_row *row, u64 query, u64 keys, u64 positions, u64 out) {
  u64 d = row->head_dim, stride = row->kv_stride;
  f32 largest = 0;
  for (u64 p = 0; p < positions; p++) {
    f32 s = f32_mul(score(query, keys + p * stride, d), row->constant);
    store32(SCRATCH_SCORES + 4 * p, s);
    largest = p == 0 ? s : maximum(largest, s);
  }
  f32 sum = exponentiate(positions, largest);
  for (u64 i = 0; i < d; i++) store32(SCRATCH_HEAD + 4 * i, 0);
  u64 values = keys + row->value_offset;
  for (u64 p = 0; p < positions; p++) {
    add_weighted(SCRATCH_HEAD, load32(SCRATCH_SCORES + 4 * p), values + p * stride, d);
  }
  for (u64 i = 0; i < d; i++) store32(out + 4 * i, f32_div(load32(SCRATCH_HEAD + 4 * i), sum));
}

void run_attention(const struct node_row *row, u64 position) {
  u64 d = row->head_dim;
  u64 end = (u64)row->first + row->count;
  for (u64 head = row->first; head < end; head++) {
    u64 keys = row->aux + 2 * d * (head / row->group);
    attend(row, row->in + 4 * head * d, keys, position + 1, row->out + 4 * head * d);
  }
  if (row->count != 0) pad_slot(row->out + 4 * end * d);
}
