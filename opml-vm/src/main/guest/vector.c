/* Operators on whole vectors: EMBED and RMS_NORM. */
#include "matrix.h"
#include "multiply_add.h"
#include "operators.h"
#include "reduce.h"

void run_embed(const struct node_row *row, u64 token) {
  u64 n = row->n;
  u64 weights = row->weight[0] + token * row_bytes(row->type[0], n);
  dequantize_row(row->type[0], weights, n, row->out);
  pad_slot(row->out + 4 * n);
}

void run_rms_norm(const struct node_row *row) {
  u64 n = row->n, in = row->in, out = row->out, weight = row->weight[0];
  f32 lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = 0;
  for (u64 i = 0; i < n; i++) {
    f32 x = load32(in + 4 * i);
    lanes[i % LANES] = multiply_add(lanes[i % LANES], x, x);
  }
  f32 mean = f32_div(reduce_lanes(lanes), f32_from_int((i64)n));
  f32 r = f32_div(F32_ONE, f32_sqrt(f32_add(mean, row->constant)));
  for (u64 i = 0; i < n; i++) {
    store32(out + 4 * i, f32_mul(f32_mul(load32(in + 4 * i), r), load32(weight + 4 * i)));
  }
  pad_slot(out + 4 * n);
}
