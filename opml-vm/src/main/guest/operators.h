/* One function an operator of docs/image.md; each writes the whole slots of its slice. */
#ifndef OPML_OPERATORS_H
#define OPML_OPERATORS_H

#include "graph.h"

void run_embed(const struct node_row *row, u64 token);
void run_rms_norm(const struct node_row *row);
void run_qkv(const struct node_row *row, u64 position);
void run_attention(const struct node_row *row, u64 position);
void run_matmul_add(const struct node_row *row);
void run_gate_up(const struct node_row *row);
void run_matmul(const struct node_row *row);
void run_sample(const struct node_row *row, u64 position);

#endif
