/* The graph header, the node rows and the input header as docs/image.md lays them out. */
#ifndef OPML_GRAPH_H
#define OPML_GRAPH_H

#include "memory.h"

struct graph_header {
  u32 magic;
  u32 format_version;
  u32 mode;
  u32 nodes_per_token;
  u32 vocabulary_size;
  u32 context_limit;
  u32 stop_token_count;
  u32 input_bytes; /* for the arbiter; the rows say how many are read */
  u32 stop_tokens[16];
  u32 padding[8];
};

enum operator {
  OP_EMBED = 1,
  OP_NORM = 2,
  OP_HEADS = 3,
  OP_ATTENTION = 4,
  OP_PROJECT = 5,
  OP_SAMPLE = 6,
  OP_BYTES = 7,
};

#define FLAG_SAMPLED 1u

/* A part that is absent is zero. Floats are bit patterns. */
struct node_row {
  u32 op;
  u32 flags;
  u32 n;
  u32 first;
  u32 count;
  u32 head_dim;
  u32 rope_dim;
  u32 pairing;
  u32 group;
  u32 stride;
  u32 window;
  u32 activation;
  u32 matrix_type;
  u32 factor_type;
  u32 epsilon;
  u32 scale;
  u32 cap;
  u32 zero;
  u64 matrix;
  u64 factor;
  u64 bias;
  u64 factor_bias;
  u64 norm;
  u64 table;
  u64 in;
  u64 out;
  u64 residual;
  u64 keys;
  u64 values;
  u64 padding[12];
};

struct input_header {
  u32 version;
  u32 prompt_length;
  u32 max_new_tokens;
  u32 stop_policy;
  u32 temperature; /* binary32 */
  u32 top_k;
  u32 top_p; /* binary32 */
  u32 min_p; /* binary32 */
  u64 seed;
  u32 repeat_penalty;    /* binary32 */
  u32 presence_penalty;  /* binary32 */
  u32 frequency_penalty; /* binary32 */
  u32 penalty_window;
  u32 choice_count;
  u32 zero;
};

_Static_assert(sizeof(struct graph_header) == 128, "header leaf");
_Static_assert(sizeof(struct node_row) == 256, "row of two leaves");
_Static_assert(__builtin_offsetof(struct node_row, head_dim) == 20, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, window) == 40, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, epsilon) == 56, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, matrix) == 72, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, norm) == 104, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, out) == 128, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, padding) == 160, "row layout");
_Static_assert(__builtin_offsetof(struct input_header, seed) == 32, "input layout");
_Static_assert(__builtin_offsetof(struct input_header, choice_count) == 56, "input layout");

#define GRAPH ((const struct graph_header *)GRAPH_BASE)
#define NODE_ROWS ((const struct node_row *)(GRAPH_BASE + 256))
#define INPUT ((const struct input_header *)INPUT_BASE)
#define PROMPT_BASE (INPUT_BASE + 128)

/* Addresses in the output region. */
#define OUTPUT_COUNT OUTPUT_BASE
#define OUTPUT_TOKEN(i) (OUTPUT_BASE + 4 + 4 * (u64)(i))

#endif
