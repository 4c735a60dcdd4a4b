/* Penalties for repeating tokens: docs/image.md, "Sampling". */
#ifndef OPML_PENALTIES_H
#define OPML_PENALTIES_H

#include "memory.h"

/* Writes to SCRATCH_PENALISED, at its place, the logit of each id that is among the last tokens of this position. */
void penalise(u64 logits, u64 position);

#endif
