package dev.opml.vm.tokenizer;

import java.util.Arrays;

/** A growing list of numbers. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  /** Appends {@code count} numbers of this list from {@code from} on. */
  void addCopy(int from, int count) {
    for (int i = from; i < from + count; i++) {
      add(values[i]);
    }
  }

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
