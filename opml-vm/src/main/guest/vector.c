/* Operators on whole vectors: BYTES, EMBED and NORM. */
#include "matrix.h"
#include "operators.h"
#include "rms_norm.h"

void run_bytes(const struct node_row *row) {
  u64 n = row->n, out = row->out;
  f32 scale = row->scale;
  for (u64 i = 0; i < n; i++) {
    f32 byte = f32_from_int((i64)load8(PROMPT_BASE + i));
    store32(out + 4 * i, scale == F32_ONE ? byte : f32_mul(byte, scale));
  }
  pad_slot(out + 4 * n);
}

void run_embed(const struct node_row *row, u64 token) {
  u64 n = row->n, out = row->out;
  f32 scale = row->scale;
  dequantize_row(row->matrix_type, row->matrix + token * row_bytes(row->matrix_type, n), n, out);
  if (scale != F32_ONE) {
    for (u64 i = 0; i < n; i++) store32(out + 4 * i, f32_mul(load32(out + 4 * i), scale));
  }
  pad_slot(out + 4 * n);
}

void run_norm(const struct node_row *row) {
  u64 n = row->n, out = row->out, residual = row->residual;
  if (residual == 0) {
    rms_norm(row->in, n, row->norm, row->epsilon, out);
  } else { /* which usually is out itself */
    rms_norm(row->in, n, row->norm, row->epsilon, SCRATCH_VECTOR);
    for (u64 i = 0; i < n; i++) {
      store32(out + 4 * i, f32_add(load32(residual + 4 * i), load32(SCRATCH_VECTOR + 4 * i)));
    }
  }
  pad_slot(out + 4 * n);
}
