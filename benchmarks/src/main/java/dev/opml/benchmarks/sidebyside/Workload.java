package dev.opml.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an engine is asked to do.
 *
 * @param model model file
 * @param prompt tokens to prefill
 * @param generated tokens to generate
 * @param threads number of threads
 * @param repeats how often an engine that repeats by itself shall do so
 */
record Workload(Path model, int prompt, int generated, int threads, int repeats) {
  Workload {
    if (prompt < 1 || generated < 1 || threads < 1 || repeats < 1) {
      throw new IllegalArgumentException(
          "%d prompt tokens, %d generated, %d threads, %d repetitions: all must be at least 1"
              .formatted(prompt, generated, threads, repeats));
    }
  }

  /** A command with the options that llama-bench and {@code opml bench} share. */
  List<String> command(String... command) {
    List<String> options =
        List.of("-p", "" + prompt, "-n", "" + generated, "-t", "" + threads, "-r", "" + repeats);
    return Stream.concat(Stream.of(command), options.stream()).toList();
  }
}
