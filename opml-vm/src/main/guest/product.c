/* Operators that are matrix products: MATMUL, MATMUL_ADD, GATE_UP. */
#include "exponential.h"
#include "matrix.h"
#include "operators.h"

static void pad_slice(const struct node_row *row) {
  if (row->count != 0) pad_slot(row->out + 4 * ((u64)row->first + row->count));
}

void run_matmul(const struct node_row *row) {
  quantize_for(row->type, 1, row->in, row->n);
  struct matrix a = matrix_of(row->type[0], row->weight[0], row->in, row->n);
  u64 end = (u64)row->first + row->count;
  for (u64 r = row->first; r < end; r++) store32(row->out + 4 * r, matrix_row(&a, r));
  pad_slice(row);
}

void run_matmul_add(const struct node_row *row) {
  quantize_for(row->type, 1, row->in, row->n);
  struct matrix a = matrix_of(row->type[0], row->weight[0], row->in, row->n);
  u64 end = (u64)row->first + row->count;
  for (u64 r = row->first; r < end; r++) {
    store32(row->out + 4 * r, f32_add(load32(row->aux + 4 * r), matrix_row(&a, r)));
  }
  pad_slice(row);
}

static f32 silu(f32 x) { return f32_div(x, f32_add(F32_ONE, f32_exp(f32_negate(x)))); }

void run_gate_up(const struct node_row *row) {
  quantize_for(row->type, 2, row->in, row->n);
  struct matrix gate = matrix_of(row->type[0], row->weight[0], row->in, row->n);
  struct matrix up = matrix_of(row->type[1], row->weight[1], row->in, row->n);
  u64 end = (u64)row->first + row->count;
  for (u64 r = row->first; r < end; r++) {
    store32(row->out + 4 * r, f32_mul(silu(matrix_row(&gate, r)), matrix_row(&up, r)));
  }
  pad_slice(row);
}
