#include "choices.h"

#include "graph.h"

#define CHOICES_BYTES (4ul << 14)

/* A walk over the choices: where the current one's tokens are. */
struct walk {
  u64 left; /* choices behind the current one */
  u64 end;  /* of the words that may be read */
  u64 tokens;
  u64 length;
};

/* Choices begin in the slot behind the prompt. */
ALWAYS_INLINE struct walk before_choices(void) {
  u64 prompt_end = PROMPT_BASE + 4 * (u64)INPUT->prompt_length;
  u64 base = (prompt_end + SLOT_BYTES - 1) & ~(SLOT_BYTES - 1);
  return (struct walk){INPUT->choice_count, base + CHOICES_BYTES, base, 0};
}

/* Goes to the next choice; 0 if there is none. Each takes a word at least, so no count makes the walk longer than
   the words that it may read. */
ALWAYS_INLINE int next_choice(struct walk *walk) {
  u64 at = walk->tokens + 4 * walk->length;
  if (walk->left == 0 || at == walk->end) return 0;
  u64 length = load32(at);
  at += 4;
  if (4 * length > walk->end - at) return 0;
  *walk = (struct walk){walk->left - 1, walk->end, at, length};
  return 1;
}

/* Whether a choice that is long enough begins with the output's first count tokens. */
static int begins_with_output(u64 tokens, u64 count) {
  for (u64 i = 0; i < count; i++) {
    if (load32(tokens + 4 * i) != load32(OUTPUT_TOKEN(i))) return 0;
  }
  return 1;
}

int answer_is_complete(u64 count) {
  struct walk walk = before_choices();
  while (next_choice(&walk)) {
    if (walk.length == count && begins_with_output(walk.tokens, count)) return 1;
  }
  return 0;
}

u64 list_next_tokens(u64 generated, u64 to) {
  struct walk walk = before_choices();
  u64 listed = 0;
  while (next_choice(&walk)) {
    if (walk.length <= generated || !begins_with_output(walk.tokens, generated)) continue;
    u64 token = load32(walk.tokens + 4 * generated);
    if (token < GRAPH->vocabulary_size) store64(to + 8 * listed++, token);
  }
  return listed;
}
