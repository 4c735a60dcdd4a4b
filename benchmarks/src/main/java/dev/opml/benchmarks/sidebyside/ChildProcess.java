package dev.opml.benchmarks.sidebyside;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs to their end. */
final class ChildProcess {
  private ChildProcess() {}

  /** What a program prints on standard output; its errors go to this process's. */
  static String output(List<String> command) throws IOException, InterruptedException {
    return run(new ProcessBuilder(command).redirectError(Redirect.INHERIT));
  }

  /** What a program prints on standard output and standard error. */
  static String outputAndErrors(List<String> command) throws IOException, InterruptedException {
    return run(new ProcessBuilder(command).redirectErrorStream(true));
  }

  private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(
          "%s ended with status %d:%n%s".formatted(builder.command(), status, output));
    }
    return output;
  }
}
