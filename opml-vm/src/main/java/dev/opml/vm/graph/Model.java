package dev.opml.vm.graph;

import dev.opml.api.TokenIds;
import java.util.Map;
import java.util.Set;

/** A model whose weights are in memory, and that a {@link GraphRegion} is built of. */
public sealed interface Model permits DecoderModel, FeedForwardModel {
  /** Number of tokens, or of outputs. */
  int vocabularySize();

  /** Tokens that end a text. */
  TokenIds stopTokens();

  /** 0 if the prompt is token ids; else it is a vector of so many bytes. */
  int inputBytes();

  /**
   * The context limit.
   *
   * @param asked the limit that somebody asks for, or 0 for the model's own
   */
  int contextLimit(int asked);

  /** Rotations that need a table of constants. */
  Set<RopeAngles> rotations();

  /**
   * The node table.
   *
   * @param contextLimit context limit
   * @param ropeTables address of the constants of each of the {@link #rotations}
   * @throws dev.opml.api.LimitExceededException if a row would take too many instructions, or the
   *     state region is too small
   */
  NodeTable table(int contextLimit, Map<RopeAngles, Long> ropeTables);
}
