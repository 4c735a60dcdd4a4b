package dev.opml.api.inference;

import dev.opml.api.OpmlException;

/**
 * This machine, or this thread's floating-point mode, does not compute what the specification of
 * the arithmetic says: a claim made here would be lost. Native code that switches a thread to
 * flushing subnormals to zero, or to another rounding, is the usual cause.
 */
public class UnfaithfulArithmeticException extends OpmlException {
  private static final long serialVersionUID = 1L;

  private final String check;
  private final int expectedBits;
  private final int actualBits;

  /**
   * Creates the exception.
   *
   * @param check what was computed
   * @param expectedBits the result that is right, as bits of a binary32 or as an integer
   * @param actualBits the result of this machine
   */
  public UnfaithfulArithmeticException(String check, int expectedBits, int actualBits) {
    super(
        "arithmetic is not what the specification says: %s is 0x%08x here, not 0x%08x"
            .formatted(check, actualBits, expectedBits));
    this.check = check;
    this.expectedBits = expectedBits;
    this.actualBits = actualBits;
  }

  /** The value that was computed. */
  public String check() {
    return check;
  }

  /** The result that is right. */
  public int expectedBits() {
    return expectedBits;
  }

  /** The result of this machine. */
  public int actualBits() {
    return actualBits;
  }
}
