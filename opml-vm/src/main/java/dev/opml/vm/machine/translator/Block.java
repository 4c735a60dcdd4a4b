package dev.opml.vm.machine.translator;

/**
 * Instructions that run one after another, only the last of which may jump.
 *
 * @param start index of the first instruction in the code
 * @param length number of instructions, at least 1
 */
public record Block(int start, int length) {
  /** Index of the last instruction. */
  int last() {
    return start + length - 1;
  }

  /** Index after the last instruction. */
  int end() {
    return start + length;
  }

  /** This block, cut before {@code index} if that is in it. */
  Block before(int index) {
    return index < end() ? new Block(start, index - start) : this;
  }
}
