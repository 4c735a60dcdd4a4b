package dev.opml.vm.graph;

/**
 * Hyperparameters of a model of the LLaMA architecture.
 *
 * @param embeddingLength length of the residual stream, elements
 * @param layers number of layers
 * @param heads query heads
 * @param kvHeads key/value heads; divides {@code heads}
 * @param headDim elements a head
 * @param feedForwardLength length of the feed-forward block's hidden vector
 * @param vocabularySize number of tokens
 * @param trainedContext context length that the file states
 * @param ropeBase frequency base of the rotary embedding
 * @param ropeDim rotated elements a head, even
 * @param normEpsilon epsilon of RMSNorm
 */
public record LlamaConfig(
    int embeddingLength,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int feedForwardLength,
    int vocabularySize,
    int trainedContext,
    float ropeBase,
    int ropeDim,
    float normEpsilon) {

  /** Length of the query vector and of the attention's output. */
  public int queryLength() {
    return heads * headDim;
  }

  /** Length of a position's keys, and of its values. */
  public int keyLength() {
    return kvHeads * headDim;
  }
}
