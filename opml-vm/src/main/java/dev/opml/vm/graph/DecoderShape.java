package dev.opml.vm.graph;

/**
 * Sizes of a decoder-only model.
 *
 * @param embeddingLength length of the residual stream, elements
 * @param heads query heads
 * @param kvHeads key/value heads; divides {@code heads}
 * @param headDim elements a head
 * @param feedForwardLength length of the feed-forward block's hidden vector
 * @param vocabularySize number of tokens
 * @param trainedContext context length that the file states
 */
public record DecoderShape(
    int embeddingLength,
    int heads,
    int kvHeads,
    int headDim,
    int feedForwardLength,
    int vocabularySize,
    int trainedContext) {

  /** Length of the query vector and of the attention's output. */
  public int queryLength() {
    return heads * headDim;
  }

  /** Length of a position's keys, and of its values. */
  public int keyLength() {
    return kvHeads * headDim;
  }
}
