/* Sums in 16 virtual lanes: lane = index mod 16, from +0, then a halving tree. */
#ifndef OPML_REDUCE_H
#define OPML_REDUCE_H

#include "softfloat.h"

#define LANES 16

/* lanes i and i+8, then i+4, i+2, i+1; destroys the array. */
static inline f32 reduce_lanes(f32 *lanes) {
  for (int half = LANES / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) lanes[i] = f32_add(lanes[i], lanes[i + half]);
  }
  return lanes[0];
}

#endif
