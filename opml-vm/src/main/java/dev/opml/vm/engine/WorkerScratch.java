package dev.opml.vm.engine;

import dev.opml.vm.kernel.WeightMatrix;

/**
 * What one worker multiplied and has not finished yet: some rows of one or two matrices, slot after
 * slot, densely. Small and used again and again, so that it stays in the worker's cache.
 */
final class WorkerScratch {
  private float[] first = new float[0];
  private float[] second = new float[0];
  private float[] room = new float[0];

  /**
   * Multiplies rows {@code from} to {@code to} of a first matrix with the vectors of all slots.
   *
   * @return the products, from index 0; void at the next call
   */
  float[] first(Batch batch, WeightMatrix matrix, int from, int to) {
    first = multiply(batch, matrix, from, to, first);
    return first;
  }

  /** {@link #first} for a second matrix. */
  float[] second(Batch batch, WeightMatrix matrix, int from, int to) {
    second = multiply(batch, matrix, from, to, second);
    return second;
  }

  /** Room for at least {@code n} elements of any value; void at the next call. */
  float[] room(int n) {
    if (room.length < n) {
      room = new float[n];
    }
    return room;
  }

  private static float[] multiply(
      Batch batch, WeightMatrix matrix, int from, int to, float[] room) {
    int rows = to - from;
    int size = rows * batch.slots();
    float[] products = room.length < size ? new float[size] : room;
    matrix.multiply(batch.workspace.activations, from, to, products, -from, rows);
    return products;
  }
}
