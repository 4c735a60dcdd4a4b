package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.vm.memory.MemoryExtent;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One inference in progress, on whatever engine: the state and output regions of its memory, and
 * how far it has come. Positions run in order, each with all its nodes; {@link #position()} is the
 * next one. After {@link #limit()}, or after a stop token, all nodes are the identity and nothing
 * runs. Not thread-safe.
 */
public interface Inference {
  /** Positions of a prompt to run between two reports of progress: enough to fill a batch. */
  int POSITIONS_AT_ONCE = Session.MAX_BATCH;

  /**
   * The next position to run: all nodes of the positions before it have run or are the identity.
   */
  int position();

  /**
   * Number of positions that run if no stop token comes; 0 if the prompt length is out of range.
   */
  int limit();

  /** Number of positions that read the prompt, the last of which generates the first token. */
  int promptLength();

  /** Whether all further nodes are the identity. */
  boolean finished();

  /** The tokens generated so far. */
  TokenIds output();

  /**
   * Runs positions up to {@code to}, exclusive, or until {@link #finished()}.
   *
   * @param to position after the last to run
   * @param sink is told of all writes; null for none
   * @return the new {@link #position()}
   * @throws RuntimeException what a {@link Checkpoint} throws. After the prompt the inference is
   *     then as it was before the position that was not completed; in the prompt it is of no
   *     further use
   */
  int run(int to, @Nullable NodeSink sink);

  /**
   * Runs on to where there is something to report: a batch of the prompt, or one more token.
   *
   * @param sink is told of all writes; null for none
   * @return the new {@link #position()}
   * @throws RuntimeException as {@link #run} says
   */
  default int advance(@Nullable NodeSink sink) {
    int position = position();
    return run(
        position < promptLength()
            ? Math.min(promptLength(), position + POSITIONS_AT_ONCE)
            : position + 1,
        sink);
  }

  /**
   * Checks claimed tokens: runs positions as if they had been generated, and compares. Stops after
   * the first position that generates another token than claimed; that token is then the last of
   * {@link #output()}, and memory is as if the inference had generated everything itself. Otherwise
   * it ends after the position that generates the last claimed token, or {@link #finished()}.
   *
   * @param claimed tokens, compared with the output from its beginning
   * @param sink is told of all writes; what it hears of positions at or after {@link #position()}
   *     on return is void. Null for none
   * @return number of leading claimed tokens that are right
   * @throws IllegalArgumentException if a claimed token differs from one that was generated before
   */
  int verify(TokenIds claimed, @Nullable NodeSink sink);

  /**
   * The logits of the last position that ran, a copy; zero before any is computed.
   *
   * @throws IllegalStateException if the graph has no SAMPLE row
   */
  float[] logits();

  /**
   * Runs tasks that do not depend on each other on the engine's threads, as a {@link NodeSink} may
   * want to. Returns when all are done; what they wrote is visible to the caller.
   *
   * @param tasks how many; each is told its number, from 0
   */
  default void share(int tasks, IntConsumer task) {
    IntStream.range(0, tasks).forEach(task);
  }

  /**
   * The state and output regions as they are now.
   *
   * @return extents, ascending and disjoint, live until more positions run; all else in the two
   *     regions is zero
   */
  List<MemoryExtent> memory();

  /**
   * The state and output regions before a node, rebuilt. The inference is left as it is.
   *
   * @param position position of the node, at most {@link #position()}; anything once {@link
   *     #finished()}
   * @param row row of the node
   * @return extents, ascending and disjoint; all else in the two regions is zero
   * @throws IllegalArgumentException if the inference has not come so far
   */
  List<MemoryExtent> memoryBefore(long position, int row);
}
