/* One function an operator of docs/image.md; each writes the whole slots of its slice. */
#ifndef OPML_OPERATORS_H
#define OPML_OPERATORS_H

#include "graph.h"

/* Prompt id or output id at a position; one that is not below vocabularySize is 0. */
u64 token_at(u64 position);

void run_bytes(const struct node_row *row);
void run_embed(const struct node_row *row, u64 token);
void run_norm(const struct node_row *row);
void run_heads(const struct node_row *row, u64 position);
void run_attention(const struct node_row *row, u64 position);
void run_project(const struct node_row *row);
void run_sample(const struct node_row *row, u64 position);

#endif
