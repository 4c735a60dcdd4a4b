package dev.opml.vm.kernel.activation;

/**
 * A form of quantized vectors that some kernels read, beside scales, and sums and biases of 32.
 *
 * <p>Records have all that a kernel for few vectors reads of 32 numbers in one place, so that one
 * index serves it: their sum, which not every kernel reads, what is said of each form, and the
 * float bits of their block's scale. They follow each other vector by vector. Only where vectors
 * are few.
 */
public enum ActivationForm {
  /** {@link QuantizedVectors#pairs}. */
  PAIRS(0),

  /** {@link QuantizedVectors#biases} of 16 and of 8 numbers. */
  PART_BIASES(0),

  /** {@link QuantizedVectors#floats}. */
  FLOATS(0),

  /**
   * For weights of four bits: the bias of 32 numbers in the lower half of an int, and what takes
   * them apart while it multiplies them, for 16-bit lanes: element c of 16 has {@code y(c)} in its
   * lower half and {@code y(c + 16)} in the upper, where {@code y(c) = x(c) - 16 x(c - 4)}, and
   * {@code x} is 0 before the 32 numbers. A word's eight nibbles belong to every fourth column.
   *
   * <p>For a word w, nibble j is {@code (w >> 4 j) - 16 (w >> 4 (j + 1))}, so the sum of {@code
   * nibble(j) x(j)} is that of {@code (w >> 4 j) y(j)}, modulo 2^16 too.
   */
  NIBBLE_RECORDS(1 + 1 + 16 + 1),

  /**
   * For bytes: 16 times two numbers a and b as {@code a} and {@code b - 256 a}, each in both halves
   * of an int; and 32 ints, of which every second is read: where two numbers begin, what takes the
   * bias of Q8_0 bytes out of a word of products: -128 (a + b) in both halves, the lower one plus
   * 2^15 so that it is never negative.
   *
   * <p>Two bytes, c and d, are a number of 16 bits, {@code n = c + 256 d}; so {@code a c + b d = a
   * n + (b - 256 a) d}, modulo 2^16 too.
   */
  BYTE_RECORDS(1 + 32 + 32 + 1);

  /** Ints of a record, 0 for what is none. */
  public final int ints;

  ActivationForm(int ints) {
    this.ints = ints;
  }
}
