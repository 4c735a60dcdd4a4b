package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.OutputRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The tokens of a session: prompt ids, and the generated ids as the output region holds them. */
final class Tokens {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LEAF_INTS = MemoryRegion.LEAF_SIZE / 4;

  private final RawInput input;
  private final int vocabularySize;

  /** Positions of the prompt; meaningless if no position runs. */
  final int promptLength;

  /** Generated ids; those from {@link #count} on are assumed, not computed. */
  private final int[] generated;

  private int count;

  Tokens(RawInput input, int vocabularySize, int positions) {
    this.input = input;
    this.vocabularySize = vocabularySize;
    promptLength = positions == 0 ? 0 : (int) input.promptLength();
    generated = new int[Math.max(0, positions - promptLength + 1)];
  }

  /** The id that position {@code p} embeds. */
  int at(int p) {
    int id = p < promptLength ? input.promptId(p) : generated[p - promptLength];
    return Integer.compareUnsigned(id, vocabularySize) < 0 ? id : 0;
  }

  /** Byte {@code i} of a prompt that is a vector, unsigned. */
  int inputByte(int i) {
    return input.inputByte(i);
  }

  /** Number of generated ids. */
  int count() {
    return count;
  }

  /** Generated id {@code g}. */
  int generated(int g) {
    return generated[g];
  }

  /** The first position that generates an id. */
  int firstSampled() {
    return promptLength - 1;
  }

  /** Number of the id that a position generates. */
  int index(int position) {
    return position - firstSampled();
  }

  /** Stores generated id {@code g}, which is the last from now on. */
  void set(int g, int id) {
    generated[g] = id;
    count = g + 1;
  }

  /** Assumes ids from {@code g} on without generating them. */
  void assume(int g, int id) {
    generated[g] = id;
  }

  /** Takes over the first {@code n} generated ids of a session with the same input. */
  void copy(Tokens source, int n) {
    System.arraycopy(source.generated, 0, generated, 0, n);
    count = n;
  }

  /** The generated ids. */
  TokenIds output() {
    return TokenIds.of(Arrays.copyOf(generated, count));
  }

  /**
   * A leaf of the output region as the node that generates id {@code g} leaves it, if {@code id} is
   * what it generates.
   *
   * @param leaf number of the leaf in the region
   */
  MemorySegment leaf(int leaf, int g, int id) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[MemoryRegion.LEAF_SIZE]);
    for (int i = 0; i < LEAF_INTS; i++) {
      int word = leaf * LEAF_INTS + i;
      int value = word == 0 ? g + 1 : word <= g ? generated[word - 1] : word == g + 1 ? id : 0;
      bytes.set(INT, 4L * i, value);
    }
    return bytes;
  }

  /** The output region up to the last leaf that is not zero; empty if nothing was generated. */
  MemorySegment outputBytes() {
    if (count == 0) {
      return MemorySegment.ofArray(new byte[0]);
    }
    int g = count - 1;
    byte[] bytes = new byte[(OutputRegion.leafOf(g) + 1) * MemoryRegion.LEAF_SIZE];
    MemorySegment all = MemorySegment.ofArray(bytes);
    for (int leaf = 0; leaf <= OutputRegion.leafOf(g); leaf++) {
      all.asSlice((long) leaf * MemoryRegion.LEAF_SIZE).copyFrom(leaf(leaf, g, generated[g]));
    }
    return all;
  }
}
