package dev.opml.vm.kernel.activation;

import dev.opml.vm.kernel.arithmetic.Exponential;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;

/**
 * Vectors of a batch as blocks of int8 numbers, -127 to 127, with a float scale a block, in the
 * forms that kernels read. Numbers go by sub-blocks of 32, and in these vector by vector: that is
 * the order in which a batch is multiplied. Scales go by blocks, likewise. {@link #at} gives the
 * number of a sub-block or block.
 */
public final class QuantizedVectors {
  /** Elements of a sub-block: a small block, or an eighth of a large one. */
  public static final int SUB_BLOCK = 32;

  /** Elements a block for all formats but the K-quants. */
  public static final int SMALL_BLOCK = 32;

  /** Elements a block for the K-quants. */
  public static final int LARGE_BLOCK = 256;

  /** Numbers of bits above the nibble that weights may have. */
  static final int MOST_BITS_ABOVE = 2;

  /** Vectors after the last that kernels may multiply, and drop what comes of it. */
  private static final int MOST_PADDING = 1;

  private static final int LARGEST = 127;

  /** All bits of a float but its sign. */
  public static final int MAGNITUDE = 0x7fffffff;

  private static final int INFINITE = 0x7f800000;

  /** 2^-100: blocks that are smaller throughout become zero, so that 127 / amax stays finite. */
  private static final int TINY = 0x0d800000;

  /** Elements of a block. */
  public final int block;

  private final int elements;

  /** Records of a vector, and so sub-blocks of the longest. */
  private final int vectorRecords;

  /** Records of as many vectors as are few. */
  private final int mostRecords;

  private final EnumSet<ActivationForm> needed = EnumSet.noneOf(ActivationForm.class);

  /** Number of vectors in the batch. */
  public int vectors;

  /** A scale a block. */
  public final float[] scale;

  /** Each number in both halves of an int, for 16-bit lanes. */
  public int[] pairs = new int[0];

  /** Each number as a float. */
  public float[] floats = new float[0];

  private final Map<ActivationForm, int[]> records = new EnumMap<>(ActivationForm.class);

  /** Sums of 32 consecutive numbers. */
  public final int[] sums;

  /**
   * What centres weights of 4, 5 and 6 bits: {@code -8}, {@code -16}, {@code -32} times the sum of
   * 32, 16 and 8 consecutive numbers, in both halves of an int. The vector quantizer fills the last
   * two only where {@link ActivationForm#PART_BIASES} are needed.
   */
  public final int[][] biases;

  QuantizedVectors(int block, int capacity, int longest) {
    this.block = block;
    int blocks = Math.multiplyExact(capacity, (longest + block - 1) / block);
    elements = Math.multiplyExact(blocks, block);
    vectorRecords = elements / capacity / SUB_BLOCK;
    mostRecords = vectorRecords * Math.min(capacity, Activations.MOST_FEW);
    scale = new float[blocks + MOST_PADDING];
    sums = new int[elements / SUB_BLOCK + MOST_PADDING];
    biases = new int[MOST_BITS_ABOVE + 1][];
    for (int above = 0; above < biases.length; above++) {
      biases[above] = new int[(elements / SUB_BLOCK + MOST_PADDING) << above];
    }
  }

  /** Begins with other vectors, of which nothing is needed yet. */
  void clear(int newVectors) {
    vectors = newVectors;
    needed.clear();
  }

  /** Makes room for a form, and has it filled. */
  public void need(ActivationForm form) {
    needed.add(form);
    switch (form) {
      case PART_BIASES -> {}
      case PAIRS -> pairs = pairs.length == 0 ? new int[padded()] : pairs;
      case FLOATS -> floats = floats.length == 0 ? new float[padded()] : floats;
      case NIBBLE_RECORDS, BYTE_RECORDS ->
          records.computeIfAbsent(form, f -> new int[Math.multiplyExact(mostRecords, f.ints)]);
    }
  }

  private int padded() {
    return Math.addExact(elements, MOST_PADDING * SUB_BLOCK);
  }

  /** Whether anything is needed. */
  boolean isNeeded() {
    return !needed.isEmpty();
  }

  /** Whether a form is needed. */
  public boolean isNeeded(ActivationForm form) {
    return needed.contains(form);
  }

  /**
   * Number of sub-block or block {@code n} of vector {@code vector}; a sub-block has its elements
   * at that times {@link #SUB_BLOCK}.
   */
  public int at(int vector, int n) {
    return n * vectors + vector;
  }

  /** The records of a form that is needed. */
  public int[] records(ActivationForm form) {
    return Objects.requireNonNull(records.get(form));
  }

  /** Index of the record of sub-block {@code n} of a vector in the {@link #records} of a form. */
  public int recordAt(ActivationForm form, int vector, int n) {
    return (vector * vectorRecords + n) * form.ints;
  }

  /** Element {@code i} of the arrays. */
  public byte number(int i) {
    return (byte) pairs[i];
  }

  /**
   * Quantizes block {@code b} of a vector, which starts at {@code x[from]}, to {@link #pairs},
   * which are all that scalar kernels read.
   */
  public void quantize(float[] x, int from, int vector, int b) {
    int largest = 0;
    for (int i = from; i < from + block; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & MAGNITUDE);
    }
    scale[at(vector, b)] = scale(largest);
    float inverse = inverse(largest);
    for (int i = 0; i < block; i += SUB_BLOCK) {
      int sub = at(vector, (b * block + i) / SUB_BLOCK);
      for (int j = 0; j < SUB_BLOCK; j++) {
        float scaled = inverse == 0 ? 0 : x[from + i + j] * inverse;
        int q = Float.floatToRawIntBits(scaled + Exponential.ROUNDER) - Exponential.ROUNDER_BITS;
        pairs[sub * SUB_BLOCK + j] = twice(q);
      }
      addUp(sub, pairs, sub * SUB_BLOCK);
    }
  }

  /** What a block's elements are multiplied by: 0 if all its numbers are 0. */
  public static float inverse(int largestBits) {
    boolean none = largestBits < TINY || largestBits >= INFINITE;
    return none ? 0 : LARGEST / Float.intBitsToFloat(largestBits);
  }

  /** A block's scale. */
  public static float scale(int largestBits) {
    return largestBits < TINY
        ? 0
        : largestBits >= INFINITE ? Float.NaN : Float.intBitsToFloat(largestBits) / LARGEST;
  }

  /**
   * Fills the sum of a sub-block's numbers, and what is a multiple of its parts.
   *
   * @param x the numbers in pairs, from index {@code from} on
   */
  public void addUp(int sub, int[] x, int from) {
    int[] eights = biases[2];
    int[] sixteens = biases[1];
    int sum = 0;
    for (int i = 0; i < SUB_BLOCK; i += 16) {
      int j = from + i;
      int to = sub * SUB_BLOCK + i;
      // The lower halves of the words, whatever the upper halves carry into bits above them.
      int lower = x[j] + x[j + 1] + x[j + 2] + x[j + 3] + x[j + 4] + x[j + 5] + x[j + 6] + x[j + 7];
      int upper =
          x[j + 8] + x[j + 9] + x[j + 10] + x[j + 11] + x[j + 12] + x[j + 13] + x[j + 14]
              + x[j + 15];
      eights[to >> 3] = twice(-32 * lower);
      eights[(to >> 3) + 1] = twice(-32 * upper);
      sixteens[to >> 4] = twice(-16 * (lower + upper));
      sum += lower + upper;
    }
    setSum(sub, sum);
  }

  /**
   * Fills the sum of a sub-block, and its bias for weights of four bits.
   *
   * @param sum the sum in the lower half, anything in the upper
   */
  public void setSum(int sub, int sum) {
    biases[0][sub] = twice(-8 * sum);
    sums[sub] = (short) sum;
  }

  private static int twice(int lower) {
    return (lower & 0xffff) * 0x10001;
  }
}
