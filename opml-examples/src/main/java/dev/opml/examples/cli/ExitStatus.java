package dev.opml.examples.cli;

/** What the process returns. */
final class ExitStatus {
  /** What was asked holds, or was done. */
  static final int HOLDS = 0;

  /** It does not hold: a claim is wrong, or the engines differ. */
  static final int DOES_NOT_HOLD = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** An input was refused. */
  static final int REFUSED = 3;

  /** opML itself is at fault; the number is EX_SOFTWARE of BSD's sysexits. */
  static final int INTERNAL = 70;

  /** {@code machine run}: the program did not end in time; the number is that of timeout(1). */
  static final int STOPPED = 124;

  /** {@code machine run}: the program faulted. */
  static final int FAULTED = 125;

  private ExitStatus() {}
}
