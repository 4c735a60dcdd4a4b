package dev.opml.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the process returns. */
final class ExitStatus {
  /** What was asked holds, or was done. */
  static final int HOLDS = 0;

  /** It does not hold: a claim is wrong, or the engines differ. */
  static final int DOES_NOT_HOLD = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** An input was refused, or an output cannot be written. */
  static final int REFUSED = 3;

  /** opML itself is at fault; the number is EX_SOFTWARE of BSD's sysexits. */
  static final int INTERNAL = 70;

  /** {@code machine run}: the program did not end in time; the number is that of timeout(1). */
  static final int STOPPED = 124;

  /** {@code machine run}: the program faulted. */
  static final int FAULTED = 125;

  /** Nobody reads standard output any more; the number is that of a process ended by SIGPIPE. */
  static final int PIPE_CLOSED = 141;

  /** System property that names the start script's pipe. */
  private static final String PIPE_PROPERTY = "opml.status";

  private ExitStatus() {}

  /**
   * Tells the start script how opml ended, if it started this process: the JVM by itself ends with
   * 1 and with 3 as well.
   *
   * @throws IOException if it cannot be told
   */
  static void tellStartScript(int status) throws IOException {
    String pipe = System.getProperty(PIPE_PROPERTY);
    if (pipe != null) {
      Files.writeString(Path.of(pipe), status + "\n", StandardOpenOption.WRITE);
    }
  }
}
