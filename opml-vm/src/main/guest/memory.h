/* The guest's view of the address space: docs/image.md, "Address space". */
#ifndef OPML_MEMORY_H
#define OPML_MEMORY_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int32_t i32;
typedef int64_t i64;

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define INPUT_BASE 0x10000000ul
#define OUTPUT_BASE 0x11000000ul
#define GRAPH_BASE 0x40000000ul

/* Temporaries. Each area is 2^35 bytes: nothing that a u32 counts, at 8 bytes an element, can outgrow it,
   and the seven of them end far below the stack at the top of scratch. */
#define SCRATCH_AREA(i) (0x8000000000ul + ((u64)(i) << 35))
#define SCRATCH_BLOCKS_32 SCRATCH_AREA(0)  /* activation quantized in blocks of 32 */
#define SCRATCH_BLOCKS_256 SCRATCH_AREA(1) /* the same in blocks of 256 */
#define SCRATCH_VECTOR SCRATCH_AREA(2)     /* a head, a normalised vector, or a query's accumulators */
#define SCRATCH_SCORES SCRATCH_AREA(3)     /* attention weights, one a position */
#define SCRATCH_KEYS_A SCRATCH_AREA(4)     /* candidates being sorted */
#define SCRATCH_KEYS_B SCRATCH_AREA(5)
#define SCRATCH_WEIGHTS SCRATCH_AREA(6)    /* sampling weights, one a candidate */
/* The sampler has no use for the first four as above. */
#define SCRATCH_COUNTS SCRATCH_AREA(0)         /* how often an id is among the last tokens */
#define SCRATCH_PENALISED SCRATCH_AREA(1)      /* logits after penalties */
#define SCRATCH_ALLOWED SCRATCH_AREA(2)        /* ids that choices allow, ascending */
#define SCRATCH_ALLOWED_LOGITS SCRATCH_AREA(3) /* their logits */

#define SLOT_BYTES 128ul

/* Hides from the compiler how a value came about. Where it knows that a u64 has 32 significant bits, it computes with
   sign-extended 32-bit registers and spends two shifts wherever it needs the number. */
ALWAYS_INLINE u64 opaque(u64 value) {
  __asm__("" : "+r"(value));
  return value;
}

/* Loads and stores at addresses that are multiples of the access size; the machine faults on others. */
ALWAYS_INLINE u64 load8(u64 a) { return *(const u8 *)a; }
ALWAYS_INLINE i64 load8_signed(u64 a) { return *(const i8 *)a; }
ALWAYS_INLINE u64 load16(u64 a) { return opaque(*(const u16 *)a); }
ALWAYS_INLINE u64 load32(u64 a) { return opaque(*(const u32 *)a); }
ALWAYS_INLINE u64 load64(u64 a) { return *(const u64 *)a; }
ALWAYS_INLINE void store16(u64 a, u64 v) { *(u16 *)a = (u16)v; }
ALWAYS_INLINE void store32(u64 a, u64 v) { *(u32 *)a = (u32)v; }
ALWAYS_INLINE void store64(u64 a, u64 v) { *(u64 *)a = v; }

/* A little-endian u32 at a multiple of 2: what a weight block's alignment guarantees. */
ALWAYS_INLINE u64 load32_halves(u64 a) { return load16(a) | load16(a + 2) << 16; }

/* Copies count 64-bit words from any address. Aligned loads and shifts: one load a word and one extra,
   which may read (and ignore) up to 8 bytes behind the range; loads are legal everywhere. */
ALWAYS_INLINE void load_words(u64 a, u64 *words, int count) {
  u64 shift = (a & 7) * 8;
  u64 base = a & ~7ul;
  if (shift == 0) {
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) words[i] = load64(base + 8 * (u64)i);
    return;
  }
  u64 low = load64(base);
#pragma GCC unroll 8
  for (int i = 0; i < count; i++) {
    u64 high = load64(base + 8 + 8 * (u64)i);
    words[i] = low >> shift | high << (64 - shift);
    low = high;
  }
}

/* Writes zero from the end of a vector to the end of its slot. */
ALWAYS_INLINE void pad_slot(u64 end) {
  for (; (end & (SLOT_BYTES - 1)) != 0; end += 2) store16(end, 0);
}

#endif
