/* Which node a step number names, and whether it is the identity: docs/image.md, "Node s". */
#include "choices.h"
#include "operators.h"

u64 token_at(u64 position) {
  u64 prompt_length = INPUT->prompt_length;
  u64 token = position < prompt_length ? load32(PROMPT_BASE + 4 * position)
                                       : load32(OUTPUT_TOKEN(position - prompt_length));
  return token < GRAPH->vocabulary_size ? token : 0;
}

/* Positions that are computed at all; 0 for a request that makes every node the identity. */
static u64 positions_of_request(void) {
  u64 prompt_length = INPUT->prompt_length, limit = GRAPH->context_limit;
  if (prompt_length == 0 || prompt_length > limit) return 0;
  u64 positions = prompt_length + INPUT->max_new_tokens - 1;
  return positions < limit ? positions : limit;
}

static int has_stopped(u64 position) {
  int after_stop_token = INPUT->stop_policy == 1, after_choice = INPUT->choice_count > 0;
  if (!(after_stop_token || after_choice) || position < INPUT->prompt_length) return 0;
  u64 count = load32(OUTPUT_COUNT);
  if (count == 0 || count > GRAPH->context_limit) return 0;
  if (after_choice && answer_is_complete(count)) return 1;
  if (!after_stop_token) return 0;
  u64 last = load32(OUTPUT_TOKEN(count - 1));
  u32 stops = GRAPH->stop_token_count < 16 ? GRAPH->stop_token_count : 16;
  for (u32 i = 0; i < stops; i++) {
    if (GRAPH->stop_tokens[i] == last) return 1;
  }
  return 0;
}

static void run_row(const struct node_row *row, u64 position) {
  if ((row->flags & FLAG_SAMPLED) && position + 1 < INPUT->prompt_length) return;
  switch (row->op) {
    case OP_EMBED:
      run_embed(row, token_at(position));
      break;
    case OP_NORM:
      run_norm(row);
      break;
    case OP_HEADS:
      run_heads(row, position);
      break;
    case OP_ATTENTION:
      run_attention(row, position);
      break;
    case OP_PROJECT:
      run_project(row);
      break;
    case OP_SAMPLE:
      run_sample(row, position);
      break;
    case OP_BYTES:
      run_bytes(row);
      break;
    default: /* no valid image has another operator */
      break;
  }
}

/* Only SAMPLE stops generation. The walk over choices can cost more than a small model's row; once a token will do.
   Not inline: a single node would pay for the registers that the loops need. */
static NOINLINE void run_all(u64 positions, u64 nodes_per_token) {
  for (u64 position = 0; position < positions; position++) {
    for (u64 r = 0; r < nodes_per_token; r++) {
      if ((r == 0 || NODE_ROWS[r - 1].op == OP_SAMPLE) && has_stopped(position)) return;
      run_row(&NODE_ROWS[r], position);
    }
  }
}

/* step: the node's number, or -1 for all nodes in order (single-phase mode). */
void guest_main(u64 step) {
  u64 nodes_per_token = GRAPH->nodes_per_token;
  u64 positions = positions_of_request();
  if (step == ~0ul) {
    run_all(positions, nodes_per_token);
    return;
  }
  u64 position = step / nodes_per_token;
  if (position < positions && !has_stopped(position)) run_row(&NODE_ROWS[step % nodes_per_token], position);
}
