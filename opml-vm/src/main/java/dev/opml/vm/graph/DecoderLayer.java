package dev.opml.vm.graph;

/**
 * A layer of a decoder-only model. Vectors are F32, by address, and 0 where there is none.
 *
 * @param attentionNorm weights of the norm before attention
 * @param query makes queries
 * @param key makes keys
 * @param value makes values, which are not rotated
 * @param rope how queries and keys rotate
 * @param window most positions that a query attends to, 0 for all
 * @param attentionOutput matrix of the attention's output
 * @param attentionOutputBias its bias
 * @param feedForwardNorm weights of the norm before the feed-forward block
 * @param gate matrix that the activation follows
 * @param gateBias its bias
 * @param up matrix whose products are factors
 * @param upBias its bias
 * @param activation function of the gate
 * @param down matrix of the feed-forward block's output
 * @param downBias its bias
 */
public record DecoderLayer(
    long attentionNorm,
    HeadWeights query,
    HeadWeights key,
    HeadWeights value,
    RopeAngles rope,
    int window,
    Weight attentionOutput,
    long attentionOutputBias,
    long feedForwardNorm,
    Weight gate,
    long gateBias,
    Weight up,
    long upBias,
    Activation activation,
    Weight down,
    long downBias) {
  /**
   * Weights of a set of heads.
   *
   * @param matrix the matrix
   * @param bias what is added to its products
   * @param norm weights of a norm of each head
   */
  public record HeadWeights(Weight matrix, long bias, long norm) {}
}
