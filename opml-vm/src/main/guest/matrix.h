/* Weights in any of the file's formats, and the products of their rows with one activation. */
#ifndef OPML_MATRIX_H
#define OPML_MATRIX_H

#include "softfloat.h"

/* ggml's numbers of the weight formats. */
enum weight_type {
  TYPE_F32 = 0,
  TYPE_F16 = 1,
  TYPE_Q4_0 = 2,
  TYPE_Q4_1 = 3,
  TYPE_Q5_0 = 6,
  TYPE_Q5_1 = 7,
  TYPE_Q8_0 = 8,
  TYPE_Q4_K = 12,
  TYPE_Q5_K = 13,
  TYPE_Q6_K = 14,
  TYPE_BF16 = 30,
};

/* Bytes of n elements of a row, n being a multiple of the format's block. 0 for a type that is none of ours. */
u64 row_bytes(u32 type, u64 n);

struct matrix {
  f32 (*product)(u64 row, u64 x, u64 n); /* of the row at an address; see dot.h */
  u64 base;                              /* address of row 0 */
  u64 stride;                            /* bytes a row */
  u64 n;                                 /* elements a row */
  u64 x;                                 /* address of the activation as product takes it */
};

/* Quantizes the activation as the given number of weight types need it, into scratch. */
void quantize_for(const u32 *types, int count, u64 x, u64 n);

/* quantize_for must have seen the type before a product is computed. */
struct matrix matrix_of(u32 type, u64 base, u64 x, u64 n);

/* row(matrix, row) · activation. */
ALWAYS_INLINE f32 matrix_row(const struct matrix *m, u64 row) {
  return m->product(m->base + row * m->stride, m->x, m->n);
}

/* The same plus element row of a float32 vector, where there is one: an address of 0 is none. */
ALWAYS_INLINE f32 biased_row(const struct matrix *m, u64 bias, u64 row) {
  f32 y = matrix_row(m, row);
  return bias == 0 ? y : f32_add(y, load32(bias + 4 * row));
}

/* out[0 ... n) = the dequantized row at address row. */
void dequantize_row(u32 type, u64 row, u64 n, u64 out);

#endif
