package dev.opml.merkle;

import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.internal.AlignedRun;
import dev.opml.merkle.internal.KeccakProvider;
import dev.opml.merkle.internal.SubtreeBatch;
import java.util.List;
import java.util.Objects;

/**
 * Neighbouring leaves that were hashed, by the roots of the largest aligned subtrees that they
 * consist of: 32 bytes for each. They can be hashed at any time, by any thread, and put into a tree
 * later. Immutable and thread-safe.
 *
 * @see MerkleTree#withRun
 */
public final class LeafRun {
  private static final int LEAF_WORDS = MemoryRegion.LEAF_SIZE / Long.BYTES;

  private final AlignedRun run;

  private LeafRun(AlignedRun run) {
    this.run = run;
  }

  /**
   * Leaves to hash: their place in a tree, and that of their content in an array of words.
   *
   * @param first index of the first leaf, from 0
   * @param count number of leaves
   * @param offset index of the first leaf's first word
   */
  public record Source(long first, int count, int offset) {
    /**
     * Checks the place in the tree.
     *
     * @throws IllegalArgumentException if {@code first} or {@code count} is negative
     */
    public Source {
      if (first < 0 || count < 0) {
        throw new IllegalArgumentException(count + " leaves from " + first);
      }
    }
  }

  /** As {@link #of(List, long[], TaskRunner)}, for one run on the calling thread. */
  public static LeafRun of(long first, int count, long[] words, int offset) {
    return of(List.of(new Source(first, count, offset)), words, TaskRunner.SERIAL).getFirst();
  }

  /**
   * Hashes leaves of several runs; faster together than one by one, because equal subtrees share
   * vector lanes.
   *
   * @param sources the runs, which need not be disjoint
   * @param words array with their content, 16 words a leaf, the byte of the lowest address in a
   *     word's low bits; not retained
   * @param runner computes the hashes
   * @return the runs, in the order of the sources
   * @throws IndexOutOfBoundsException if the words of a run are not inside the array
   */
  public static List<LeafRun> of(List<Source> sources, long[] words, TaskRunner runner) {
    long leaves = 0;
    for (Source source : sources) {
      Objects.checkFromIndexSize(
          (long) source.offset, (long) LEAF_WORDS * source.count, words.length);
      leaves += source.count;
    }
    SubtreeBatch batch = new SubtreeBatch(KeccakProvider.lanes(2 * leaves), words);
    List<LeafRun> runs =
        sources.stream()
            .map(s -> new LeafRun(AlignedRun.of(s.first, s.count, s.offset, batch)))
            .toList();
    List<Runnable> tasks = batch.tasks();
    runner.run(tasks.size(), task -> tasks.get(task).run());
    return runs;
  }

  AlignedRun aligned() {
    return run;
  }
}
