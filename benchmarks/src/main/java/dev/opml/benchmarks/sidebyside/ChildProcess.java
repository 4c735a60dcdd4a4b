package dev.opml.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs to their end. */
final class ChildProcess {
  private static final int POLL_MILLIS = 10;

  private ChildProcess() {}

  /** What a program prints on standard output; its errors go to this process's. */
  static String output(List<String> command) throws IOException, InterruptedException {
    return run(new ProcessBuilder(command).redirectError(Redirect.INHERIT));
  }

  /** What a program prints on standard output and standard error. */
  static String outputAndErrors(List<String> command) throws IOException, InterruptedException {
    return run(new ProcessBuilder(command).redirectErrorStream(true));
  }

  /**
   * What a process took.
   *
   * @param seconds from its start to its end
   * @param anonymousBytes the most memory that it and its descendants had at once and that is not a
   *     file's
   */
  record Cost(double seconds, long anonymousBytes) {}

  /** Runs a program on Linux, drops what it prints, and tells what it took. */
  static Cost cost(List<String> command) throws IOException, InterruptedException {
    long started = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    long most = 0;
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      long now =
          Stream.concat(Stream.of(process.toHandle()), process.descendants())
              .mapToLong(ChildProcess::anonymousBytes)
              .sum();
      most = Math.max(most, now);
    }
    if (process.exitValue() != 0) {
      throw new IOException("%s ended with status %d".formatted(command, process.exitValue()));
    }
    return new Cost((System.nanoTime() - started) / 1e9, most);
  }

  /** Zero for a process that has ended. */
  private static long anonymousBytes(ProcessHandle process) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
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
