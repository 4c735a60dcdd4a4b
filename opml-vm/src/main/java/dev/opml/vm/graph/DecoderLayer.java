package dev.opml.vm.graph;

/**
 * A layer of a decoder-only model. Vectors are F32, by address, and 0 where there is none.
 *
 * @param attentionNorm weights of the norm before attention
 * @param attention makes what is attended to
 * @param attentionOutput what that adds to the residual stream
 * @param feedForwardNorm weights of the norm before the feed-forward block
 * @param gated makes the feed-forward block's hidden vector
 * @param gatedOutput what that adds to the residual stream
 */
public record DecoderLayer(
    long attentionNorm,
    SelfAttention attention,
    BlockOutput attentionOutput,
    long feedForwardNorm,
    Gated gated,
    BlockOutput gatedOutput) {
  /**
   * Weights of a set of heads.
   *
   * @param matrix the matrix
   * @param bias what is added to its products
   * @param norm weights of a norm of each head
   */
  public record HeadWeights(Weight matrix, long bias, long norm) {}

  /**
   * Causal attention.
   *
   * @param query makes queries
   * @param key makes keys
   * @param value makes values, which are not rotated
   * @param rope how queries and keys rotate
   * @param window most positions that a query attends to, 0 for all
   * @param scale what scores are multiplied by
   * @param cap soft cap of scores; 0 for none
   */
  public record SelfAttention(
      HeadWeights query,
      HeadWeights key,
      HeadWeights value,
      RopeAngles rope,
      int window,
      float scale,
      float cap) {
    /** The same with another scale and cap of scores. */
    public SelfAttention with(float otherScale, float otherCap) {
      return new SelfAttention(query, key, value, rope, window, otherScale, otherCap);
    }
  }

  /**
   * A hidden vector: {@code activation(gate) · up}.
   *
   * @param gate matrix that the activation follows
   * @param gateBias its bias
   * @param up matrix whose products are factors
   * @param upBias its bias
   * @param activation function of the gate
   */
  public record Gated(Weight gate, long gateBias, Weight up, long upBias, Activation activation) {}

  /**
   * The end of a block.
   *
   * @param matrix the matrix
   * @param bias its bias
   * @param scale what its products are multiplied by
   * @param norm weights of a norm of what is then added to the residual stream
   */
  public record BlockOutput(Weight matrix, long bias, float scale, long norm) {}
}
