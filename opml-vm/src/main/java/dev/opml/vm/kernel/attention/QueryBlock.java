package dev.opml.vm.kernel.attention;

/**
 * A few query heads that attend to the same key/value head.
 *
 * @param count number of queries, 1 to {@value #MOST}
 * @param positions positions that query 0 attends to, from 0: at least 1
 * @param positionStep how many more each query attends to than the one before, 0 or 1
 * @param query array with the queries
 * @param queryOffset index of query 0's first element
 * @param queryStep elements from a query to the next
 * @param out where results go
 * @param outOffset index of query 0's first element there
 * @param outStep elements from a result to the next
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of arguments, never compared
public record QueryBlock(
    int count,
    int positions,
    int positionStep,
    float[] query,
    int queryOffset,
    int queryStep,
    float[] out,
    int outOffset,
    int outStep) {
  /** Most queries in a block. */
  public static final int MOST = 4;

  /** Positions that query {@code q} attends to. */
  public int positionsOf(int q) {
    return positions + q * positionStep;
  }
}
