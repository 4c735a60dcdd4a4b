/* Operator SAMPLE: docs/image.md, "Sampling". */
#include "choices.h"
#include "exponential.h"
#include "operators.h"
#include "penalties.h"
#include "softfloat.h"

/* Integers in the order of the values, -0 = +0; not for NaN. */
static i64 rank(f32 logit) {
  i64 magnitude = (i64)f32_magnitude(logit);
  return logit & F32_SIGN ? -magnitude : magnitude;
}

/* The lowest id of the largest logit; -1 if all are NaN. */
static i64 greedy(u64 logits, u64 n) {
  i64 best = -1, best_rank = 0;
  for (u64 i = 0; i < n; i++) {
    f32 logit = load32(logits + 4 * i);
    if (f32_is_nan(logit)) continue;
    if (best < 0 || rank(logit) > best_rank) {
      best = (i64)i;
      best_rank = rank(logit);
    }
  }
  return best;
}

static int parameters_allow_sampling(const struct input_header *in) {
  f32 temperature = in->temperature, top_p = in->top_p, min_p = in->min_p;
  return f32_less_or_equal(0x3c000000, temperature) && f32_less_or_equal(temperature, 0x43000000) && /* 2^-7, 2^7 */
         f32_less(0, top_p) && f32_less_or_equal(top_p, F32_ONE) && /* */
         f32_less_or_equal(0, min_p) && f32_less(min_p, F32_ONE);
}

/* A candidate: its sort key above its id. Keys ascend as logits descend. */
static u64 candidate(u64 logits, u64 id) {
  u64 key = (u64)(0x80000000l - rank(load32(logits + 4 * id)));
  return key << 32 | id;
}

#define DIGIT_BITS 11
#define DIGITS (1ul << DIGIT_BITS)

/* One stable counting pass over the digit at bit shift. */
static void counting_pass(u64 from, u64 to, u64 n, u64 shift) {
  u32 starts[DIGITS];
  for (u64 i = 0; i < DIGITS; i++) starts[i] = 0;
  for (u64 i = 0; i < n; i++) starts[load64(from + 8 * i) >> shift & (DIGITS - 1)]++;
  u32 start = 0;
  for (u64 i = 0; i < DIGITS; i++) {
    u32 count = starts[i];
    starts[i] = start;
    start += count;
  }
  for (u64 i = 0; i < n; i++) {
    u64 c = load64(from + 8 * i);
    store64(to + 8 * (u64)starts[c >> shift & (DIGITS - 1)]++, c);
  }
}

/* Sorts SCRATCH_KEYS_A by the 32 bits at bit shift, to SCRATCH_KEYS_B: stable, and no input makes it slower. */
static void sort(u64 n, u64 shift) {
  counting_pass(SCRATCH_KEYS_A, SCRATCH_KEYS_B, n, shift);
  counting_pass(SCRATCH_KEYS_B, SCRATCH_KEYS_A, n, shift + DIGIT_BITS);
  counting_pass(SCRATCH_KEYS_A, SCRATCH_KEYS_B, n, shift + 2 * DIGIT_BITS);
}

/* Writes the candidates in order to SCRATCH_KEYS_B and returns their number. The ids ascend to begin with. */
static u64 sort_candidates(u64 logits, u64 n) {
  u64 count = 0;
  for (u64 i = 0; i < n; i++) {
    if (!f32_is_nan(load32(logits + 4 * i))) store64(SCRATCH_KEYS_A + 8 * count++, candidate(logits, i));
  }
  sort(count, 32);
  return count;
}

static u64 id_at(u64 i) { return load32(SCRATCH_KEYS_B + 8 * i); }

static f32 weight_at(u64 i) { return load32(SCRATCH_WEIGHTS + 4 * i); }

/* Writes exp((l - m) / temperature) of the first kept candidates to SCRATCH_WEIGHTS and returns their sum.
   Division by one is exact, so the filters' unscaled weights come from here as well. */
static f32 weigh(u64 logits, u64 kept, f32 largest, f32 temperature) {
  f32 sum = 0;
  for (u64 i = 0; i < kept; i++) {
    f32 distance = f32_sub(load32(logits + 4 * id_at(i)), largest);
    f32 w = f32_exp(f32_div(distance, temperature));
    store32(SCRATCH_WEIGHTS + 4 * i, w);
    sum = f32_add(sum, w);
  }
  return sum;
}

/* The shortest prefix whose running sum reaches top_p of the whole. */
static u64 keep_top_p(u64 kept, f32 top_p, f32 sum) {
  f32 enough = f32_mul(top_p, sum);
  f32 running = 0;
  for (u64 i = 0; i < kept; i++) {
    running = f32_add(running, weight_at(i));
    if (f32_less_or_equal(enough, running)) return i + 1;
  }
  return kept;
}

static u64 keep_min_p(u64 kept, f32 min_p) {
  u64 i = 1;
  while (i < kept && f32_less_or_equal(min_p, weight_at(i))) i++;
  return i;
}

/* A number in [0, 1) with 24 random bits: SplitMix64 at the position. */
static f32 draw(u64 seed, u64 position) {
  u64 z = seed + (position + 1) * 0x9e3779b97f4a7c15ul;
  z ^= z >> 30;
  z *= 0xbf58476d1ce4e5b9ul;
  z ^= z >> 27;
  z *= 0x94d049bb133111ebul;
  z ^= z >> 31;
  return f32_mul(f32_from_int((i64)(z >> 40)), 0x33800000); /* 2^-24 */
}

static u64 sampled(u64 logits, u64 n, f32 largest, u64 position) {
  u64 kept = sort_candidates(logits, n);
  if (INPUT->top_k > 0 && INPUT->top_k < kept) kept = INPUT->top_k;

  f32 top_p = INPUT->top_p, min_p = INPUT->min_p;
  int filter_p = f32_less(top_p, F32_ONE), filter_min = f32_less(0, min_p);
  if (filter_p || filter_min) {
    f32 sum = weigh(logits, kept, largest, F32_ONE);
    if (filter_p) kept = keep_top_p(kept, top_p, sum);
    if (filter_min) kept = keep_min_p(kept, min_p);
  }

  f32 sum = weigh(logits, kept, largest, INPUT->temperature);
  f32 target = f32_mul(draw(INPUT->seed, position), sum);
  f32 running = 0;
  for (u64 i = 0; i < kept; i++) {
    running = f32_add(running, weight_at(i));
    if (f32_less(target, running)) return id_at(i);
  }
  return id_at(kept - 1);
}

/* The number of one of n logits: greedy or drawn. */
static u64 choose(u64 logits, u64 n, u64 position) {
  i64 best = greedy(logits, n);
  if (best < 0) return 0;
  f32 largest = load32(logits + 4 * (u64)best);
  if (f32_magnitude(largest) < F32_INFINITY && parameters_allow_sampling(INPUT)) {
    return sampled(logits, n, largest, position);
  }
  return (u64)best;
}

static u64 allowed_id(u64 i) { return load32(SCRATCH_ALLOWED + 4 * i); }

/* Lists the ids that choices allow, each once, and returns their number. */
static u64 list_allowed(u64 generated) {
  u64 tokens = list_next_tokens(generated, SCRATCH_KEYS_A);
  sort(tokens, 0);
  u64 n = 0;
  for (u64 i = 0; i < tokens; i++) {
    u64 id = id_at(i);
    if (n == 0 || id != allowed_id(n - 1)) store32(SCRATCH_ALLOWED + 4 * n++, id);
  }
  return n;
}

void run_sample(const struct node_row *row, u64 position) {
  u64 generated = position + 1 - INPUT->prompt_length;
  u64 logits = row->in, n = row->n;
  int choices = INPUT->choice_count > 0;
  if (choices) n = list_allowed(generated);
  if (INPUT->penalty_window > 0) {
    for (u64 i = 0; i < n; i++) {
      u64 id = choices ? allowed_id(i) : i;
      store32(SCRATCH_PENALISED + 4 * id, load32(logits + 4 * id));
    }
    penalise(logits, position);
    logits = SCRATCH_PENALISED;
  }
  if (choices) { /* as if they were the whole vocabulary: their order decides between ties */
    for (u64 i = 0; i < n; i++) store32(SCRATCH_ALLOWED_LOGITS + 4 * i, load32(logits + 4 * allowed_id(i)));
    logits = SCRATCH_ALLOWED_LOGITS;
  }
  u64 token = choose(logits, n, position);
  if (choices) token = n > 0 ? allowed_id(token) : 0;
  store32(OUTPUT_TOKEN(generated), token);
  store32(OUTPUT_COUNT, generated + 1);
}
