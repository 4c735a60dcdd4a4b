package dev.opml.vm.tokenizer;

import static dev.opml.vm.tokenizer.CharacterKind.SPACE;

/**
 * Isolates the runs of the characters of a set; what is between them stays whole.
 *
 * @param members the characters
 * @param min shortest run
 * @param max longest run; a longer one is cut from its start on
 * @param space whether one character of white space before a run goes with it
 */
record Runs(CharacterSet members, int min, int max, boolean space) implements Splitter {
  /** Isolates each single member. */
  static Runs ofOne(CharacterSet members) {
    return new Runs(members, 1, 1, false);
  }

  /** Isolates the runs of members, of any length. */
  static Runs ofAny(CharacterSet members) {
    return new Runs(members, 1, Integer.MAX_VALUE, false);
  }

  /** Isolates the runs of members, of any length, with the white space before them. */
  static Runs withSpace(CharacterSet members) {
    return new Runs(members, 1, Integer.MAX_VALUE, true);
  }

  @Override
  public void split(Characters text, int from, int to, IntList ends) {
    int gap = from;
    for (int at = from; at < to; ) {
      int end = end(text, at, to);
      if (end == at) {
        at++;
      } else {
        if (gap < at) {
          ends.add(at);
        }
        ends.add(end);
        at = end;
        gap = end;
      }
    }
    if (gap < to) {
      ends.add(to);
    }
  }

  /** The end of the run that starts at {@code at}; {@code at} if none does. */
  private int end(Characters text, int at, int to) {
    int start = space && text.kind(at) == SPACE ? at + 1 : at;
    int end = start;
    while (end < to && end - start < max && members.contains(text, end)) {
      end++;
    }
    return end - start < min ? at : end;
  }
}
