#ifndef OPML_SOFT_CAP_H
#define OPML_SOFT_CAP_H

#include "softfloat.h"

/* cap · tanh(y / cap) */
f32 soft_cap(f32 y, f32 cap);

#endif
