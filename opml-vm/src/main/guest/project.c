/* Operator PROJECT: products of a matrix, and what is made of each before the residual is added. */
#include "activation.h"
#include "matrix.h"
#include "operators.h"
#include "soft_cap.h"

void run_project(const struct node_row *row) {
  const u32 types[] = {row->matrix_type, row->factor_type}; /* an absent factor's type is zero, F32 */
  quantize_for(types, 2, row->in, row->n);
  struct matrix matrix = matrix_of(row->matrix_type, row->matrix, row->in, row->n);
  struct matrix factor = matrix_of(row->factor_type, row->factor, row->in, row->n);
  u64 end = (u64)row->first + row->count;
  for (u64 r = row->first; r < end; r++) {
    f32 y = biased_row(&matrix, row->bias, r);
    if (row->activation != 0) y = activate(row->activation, y);
    if (row->factor != 0) y = f32_mul(y, biased_row(&factor, row->factor_bias, r));
    if (row->scale != F32_ONE) y = f32_mul(y, row->scale);
    if (row->cap != 0) y = soft_cap(y, row->cap);
    if (row->residual != 0) y = f32_add(load32(row->residual + 4 * r), y);
    store32(row->out + 4 * r, y);
  }
  if (row->count != 0) pad_slot(row->out + 4 * end);
}
