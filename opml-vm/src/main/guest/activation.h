#ifndef OPML_ACTIVATION_H
#define OPML_ACTIVATION_H

#include "softfloat.h"

/* A node row's activation of y; docs/numerics.md, "PROJECT". Any number that is none of ours leaves y as it is. */
f32 activate(u32 activation, f32 y);

#endif
