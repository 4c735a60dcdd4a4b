/* The answers that a request allows: docs/image.md, "Input region". */
#ifndef OPML_CHOICES_H
#define OPML_CHOICES_H

#include "memory.h"

/* Whether the output's first count tokens are a whole choice. */
int answer_is_complete(u64 count);

/* Writes the next token of each choice that is open after that many tokens, as u64, in the order of the choices; no
   token that is not below vocabularySize. Returns how many it wrote. */
u64 list_next_tokens(u64 generated, u64 to);

#endif
