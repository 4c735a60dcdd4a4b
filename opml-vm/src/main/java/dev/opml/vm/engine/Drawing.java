package dev.opml.vm.engine;

import java.util.Arrays;

/** Draws the tokens of a session: penalties, choices, sampler. */
final class Drawing {
  private final Sampler sampler;
  private final TokenPenalties penalties;
  private final boolean free;
  private final OpenChoices choices;
  private final Tokens tokens;

  Drawing(RawInput input, Tokens tokens) {
    sampler = input.sampler();
    penalties = input.penalties();
    free = input.choiceCount() == 0;
    choices = input.choices();
    this.tokens = tokens;
  }

  /** The token for the logits {@code logits[offset .. offset + n)} of a position. */
  int draw(float[] logits, int offset, int n, int position) {
    if (!penalties.any()) {
      return chosen(logits, offset, n, position);
    }
    float[] penalised = Arrays.copyOfRange(logits, offset, offset + n);
    penalties.apply(penalised, tokens::at, position);
    return chosen(penalised, 0, n, position);
  }

  private int chosen(float[] logits, int offset, int n, int position) {
    if (free) {
      return sampler.draw(logits, offset, n, position);
    }
    int[] ids = choices.next(tokens::generated, tokens.index(position), n);
    if (ids.length == 0) {
      return 0;
    }
    float[] some = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      some[i] = logits[offset + ids[i]];
    }
    // Ids ascend, so that what is lower among these is lower among all.
    return ids[sampler.draw(some, 0, ids.length, position)];
  }
}
