#ifndef OPML_EXPONENTIAL_H
#define OPML_EXPONENTIAL_H

#include "softfloat.h"

/* e^x by the one polynomial of docs/numerics.md: +Inf above 88, +0 below -87. */
f32 f32_exp(f32 x);

#endif
