/* IEEE-754 binary32, round to nearest even, subnormals kept, every NaN result 0x7fc00000; no flags.

   A value is its bit pattern, zero-extended to 64 bits. (A u32 lives sign-extended in an RV64 register;
   every use as an unsigned number would cost two more instructions.) */
#ifndef OPML_SOFTFLOAT_H
#define OPML_SOFTFLOAT_H

#include "memory.h"

typedef u64 f32;

#define F32_NAN 0x7fc00000ul
#define F32_INFINITY 0x7f800000ul
#define F32_SIGN 0x80000000ul
#define F32_ONE 0x3f800000ul

f32 f32_add(f32 a, f32 b);
f32 f32_sub(f32 a, f32 b);
f32 f32_mul(f32 a, f32 b);
f32 f32_div(f32 a, f32 b);
f32 f32_sqrt(f32 a);

/* The int32 (or any integer of at most 62 bits), ties to even. */
f32 f32_from_int(i64 value);
/* The nearest int32, ties to even; saturates, and NaN gives the largest, as RISC-V's fcvt does. */
i64 f32_to_int(f32 a);

/* Comparisons are false when an operand is NaN; -0 equals +0. */
int f32_less(f32 a, f32 b);
int f32_less_or_equal(f32 a, f32 b);

ALWAYS_INLINE u64 f32_magnitude(f32 a) { return a & 0x7ffffffful; }
ALWAYS_INLINE int f32_is_nan(f32 a) { return f32_magnitude(a) > F32_INFINITY; }
ALWAYS_INLINE f32 f32_negate(f32 a) { return a ^ F32_SIGN; }
ALWAYS_INLINE f32 f32_canonical(f32 a) { return f32_is_nan(a) ? F32_NAN : a; }

#endif
