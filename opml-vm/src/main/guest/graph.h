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
  u32 zero;
  u32 stop_tokens[16];
  u32 padding[8];
};

enum operator {
  OP_EMBED = 1,
  OP_RMS_NORM = 2,
  OP_QKV = 3,
  OP_ATTENTION = 4,
  OP_MATMUL_ADD = 5,
  OP_GATE_UP = 6,
  OP_MATMUL = 7,
  OP_SAMPLE = 8,
};

#define FLAG_SAMPLED 1u

struct node_row {
  u32 op;
  u32 flags;
  u32 n;
  u32 first;
  u32 count;
  u32 type[3];
  u64 weight[3];
  u64 in;
  u64 out;
  u64 aux;
  u64 table;
  u32 head_dim;
  u32 rope_dim;
  u32 kv_first;
  u32 kv_count;
  u32 kv_stride;
  u32 value_offset;
  u32 group;
  u32 constant; /* binary32 */
  u32 pairing;
  u32 zero;
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
};

_Static_assert(sizeof(struct graph_header) == 128, "header leaf");
_Static_assert(sizeof(struct node_row) == 128, "row leaf");
_Static_assert(__builtin_offsetof(struct node_row, head_dim) == 88, "row layout");
_Static_assert(__builtin_offsetof(struct node_row, pairing) == 120, "row layout");
_Static_assert(__builtin_offsetof(struct input_header, seed) == 32, "input layout");

#define GRAPH ((const struct graph_header *)GRAPH_BASE)
#define NODE_ROWS ((const struct node_row *)(GRAPH_BASE + 128))
#define INPUT ((const struct input_header *)INPUT_BASE)
#define PROMPT_BASE (INPUT_BASE + 128)

/* Addresses in the output region. */
#define OUTPUT_COUNT OUTPUT_BASE
#define OUTPUT_TOKEN(i) (OUTPUT_BASE + 4 + 4 * (u64)(i))

#endif
