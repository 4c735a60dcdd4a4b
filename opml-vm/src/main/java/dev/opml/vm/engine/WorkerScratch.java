package dev.opml.vm.engine;

/**
 * What one worker multiplied and has not finished yet: some rows of one or two matrices, slot after
 * slot. Small and used again and again, so that it stays in the worker's cache.
 */
final class WorkerScratch {
  private float[] first = new float[0];
  private float[] second = new float[0];

  /** Room for {@code size} products with the first matrix; what was there is void. */
  float[] first(int size) {
    if (first.length < size) {
      first = new float[size];
    }
    return first;
  }

  /** Room for {@code size} products with the second matrix; what was there is void. */
  float[] second(int size) {
    if (second.length < size) {
      second = new float[size];
    }
    return second;
  }
}
