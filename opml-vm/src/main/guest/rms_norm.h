#ifndef OPML_RMS_NORM_H
#define OPML_RMS_NORM_H

#include "softfloat.h"

/* out[0 ... n) = in[0 ... n), normalised and times weight[0 ... n). in and out are the same, or do not overlap. */
void rms_norm(u64 in, u64 n, u64 weight, f32 epsilon, u64 out);

#endif
