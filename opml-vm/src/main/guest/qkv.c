/* Operator QKV: query heads, and a position's KV row in binary16. */
#include "matrix.h"
#include "multiply_add.h"
#include "operators.h"

/* Computes one head's rows into SCRATCH_HEAD. */
static void project_head(const struct matrix *m, u64 head, u64 head_dim) {
  for (u64 i = 0; i < head_dim; i++) store32(SCRATCH_HEAD + 4 * i, matrix_row(m, head * head_dim + i));
}

/* Rotates the pairs of SCRATCH_HEAD by the angles of a position. */
static void rotate_head(const struct node_row *row, u64 position) {
  u64 pairs = row->rope_dim / 2;
  u64 angles = row->table + position * pairs * 8;
  for (u64 j = 0; j < pairs; j++) {
    u64 a = SCRATCH_HEAD + 4 * (row->pairing == 0 ? 2 * j : j);
    u64 b = row->pairing == 0 ? a + 4 : a + 4 * pairs;
    f32 cosine = load32(angles + 8 * j), sine = load32(angles + 8 * j + 4);
    f32 x0 = load32(a), x1 = load32(b);
    store32(a, multiply_add(f32_mul(x0, cosine), f32_negate(x1), sine)); /* -(x1·s) is (-x1)·s */
    store32(b, multiply_add(f32_mul(x0, sine), x1, cosine));
  }
}

static void store_query(u64 out, u64 head_dim) {
  for (u64 i = 0; i < head_dim; i++) store32(out + 4 * i, load32(SCRATCH_HEAD + 4 * i));
}

static void store_half(u64 out, u64 head_dim) {
  for (u64 i = 0; i < head_dim; i++) store16(out + 2 * i, f32_to_kv_half(load32(SCRATCH_HEAD + 4 * i)));
}

void run_qkv(const struct node_row *row, u64 position) {
  u64 d = row->head_dim;
  quantize_for(row->type, 3, row->in, row->n);
  struct matrix query = matrix_of(row->type[0], row->weight[0], row->in, row->n);
  struct matrix key = matrix_of(row->type[1], row->weight[1], row->in, row->n);
  struct matrix value = matrix_of(row->type[2], row->weight[2], row->in, row->n);

  u64 end = (u64)row->first + row->count;
  for (u64 head = row->first; head < end; head++) {
    project_head(&query, head, d);
    rotate_head(row, position);
    store_query(row->out + 4 * head * d, d);
  }
  if (row->count != 0) pad_slot(row->out + 4 * end * d);

  u64 keys = row->aux + position * row->kv_stride;
  u64 values = keys + row->value_offset;
  end = (u64)row->kv_first + row->kv_count;
  for (u64 head = row->kv_first; head < end; head++) {
    project_head(&key, head, d);
    rotate_head(row, position);
    store_half(keys + 2 * head * d, d);
    project_head(&value, head, d);
    store_half(values + 2 * head * d, d);
  }
  if (row->kv_count != 0) {
    pad_slot(keys + 2 * end * d);
    pad_slot(values + 2 * end * d);
  }
}
