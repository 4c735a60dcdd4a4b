/* Operator HEADS: query heads, or a position's keys or values in binary16. */
#include "matrix.h"
#include "multiply_add.h"
#include "operators.h"
#include "rms_norm.h"

/* Rotates the pairs of the head at an address by the angles of a position. */
static void rotate_head(const struct node_row *row, u64 position, u64 head) {
  u64 pairs = row->rope_dim / 2;
  u64 angles = row->table + position * pairs * 8;
  for (u64 j = 0; j < pairs; j++) {
    u64 a = head + 4 * (row->pairing == 0 ? 2 * j : j);
    u64 b = row->pairing == 0 ? a + 4 : a + 4 * pairs;
    f32 cosine = load32(angles + 8 * j), sine = load32(angles + 8 * j + 4);
    f32 x0 = load32(a), x1 = load32(b);
    store32(a, multiply_add(f32_mul(x0, cosine), f32_negate(x1), sine)); /* -(x1·s) is (-x1)·s */
    store32(b, multiply_add(f32_mul(x0, sine), x1, cosine));
  }
}

/* Computes one head of float32 to an address. */
static void compute_head(const struct node_row *row, const struct matrix *m, u64 head, u64 position, u64 out) {
  u64 d = row->head_dim, bias = row->bias;
  for (u64 i = 0; i < d; i++) store32(out + 4 * i, biased_row(m, bias, head * d + i));
  if (row->norm != 0) rms_norm(out, d, row->norm, row->epsilon, out);
  rotate_head(row, position, out);
}

static void store_half(u64 out, u64 head_dim) {
  for (u64 i = 0; i < head_dim; i++) store16(out + 2 * i, f32_to_kv_half(load32(SCRATCH_VECTOR + 4 * i)));
}

void run_heads(const struct node_row *row, u64 position) {
  quantize_for(&row->matrix_type, 1, row->in, row->n);
  struct matrix m = matrix_of(row->matrix_type, row->matrix, row->in, row->n);
  u64 d = row->head_dim, element = row->stride == 0 ? 4 : 2;
  u64 out = row->out + position * row->stride;
  u64 end = (u64)row->first + row->count;
  for (u64 head = row->first; head < end; head++) {
    u64 at = out + element * head * d;
    if (row->stride == 0) {
      compute_head(row, &m, head, position, at);
    } else {
      compute_head(row, &m, head, position, SCRATCH_VECTOR);
      store_half(at, d);
    }
  }
  if (row->count != 0) pad_slot(out + element * end * d);
}
