package dev.opml.vm.kernel.activation;

import java.util.List;

/**
 * The input vectors of a matrix product, one a batch position, and their int8 forms. A holder of
 * buffers: {@link #bind} points it at float vectors, kernels fill the int8 forms that matrices
 * asked for.
 *
 * <p>Not thread-safe, except that different blocks may be quantized by different threads.
 */
public final class Activations {
  /** The sizes of blocks, in elements. */
  public static final List<Integer> BLOCKS =
      List.of(QuantizedVectors.SMALL_BLOCK, QuantizedVectors.LARGE_BLOCK);

  /** Most vectors that are few: that are multiplied without unpacking weights first. */
  public static final int MOST_FEW = 11;

  private final QuantizedVectors small;
  private final QuantizedVectors large;
  private float[] values = new float[0];
  private int offset;
  private int stride;
  private int length;
  private boolean alwaysBatch;

  /**
   * Makes room.
   *
   * @param capacity most vectors in a batch
   * @param longest most elements in a vector
   */
  public Activations(int capacity, int longest) {
    small = new QuantizedVectors(QuantizedVectors.SMALL_BLOCK, capacity, longest);
    large = new QuantizedVectors(QuantizedVectors.LARGE_BLOCK, capacity, longest);
  }

  /** Bytes of the heap that it takes with all forms filled, about. */
  public static long bytes(int capacity, int longest) {
    // Both block sizes: 8 bytes an element in pairs and floats, the rest in biases; and in records.
    long few = Math.min(capacity, MOST_FEW);
    return 2 * (9L * capacity + 11 * few) * (longest + QuantizedVectors.LARGE_BLOCK);
  }

  /**
   * Points at vectors; the int8 forms are void from now on.
   *
   * @param source the vectors, not copied
   * @param sourceOffset index of the first vector's first element
   * @param sourceStride elements from a vector's first element to the next vector's
   * @param elements elements of a vector
   * @param vectors number of vectors
   */
  public void bind(float[] source, int sourceOffset, int sourceStride, int elements, int vectors) {
    values = source;
    offset = sourceOffset;
    stride = sourceStride;
    length = elements;
    small.clear(vectors);
    large.clear(vectors);
  }

  /** Has even few vectors multiplied as a batch from now on: the self test has no time for many. */
  public void multiplyAsBatch(boolean batch) {
    alwaysBatch = batch;
  }

  /** Whether vectors are a batch however few they are. */
  public boolean isAlwaysBatch() {
    return alwaysBatch;
  }

  /** Whether a matrix that was prepared reads blocks of 32 or 256. */
  public boolean isNeeded(int block) {
    return quantized(block).isNeeded();
  }

  /** Elements of a vector. */
  public int length() {
    return length;
  }

  /** Number of vectors. */
  public int vectors() {
    return small.vectors;
  }

  /** The array with the float vectors. */
  public float[] values() {
    return values;
  }

  /** Index of a vector's first element in {@link #values}. */
  public int offset(int vector) {
    return offset + vector * stride;
  }

  /** The int8 forms for an activation block of 32 or 256. */
  public QuantizedVectors quantized(int block) {
    return block == QuantizedVectors.SMALL_BLOCK ? small : large;
  }
}
