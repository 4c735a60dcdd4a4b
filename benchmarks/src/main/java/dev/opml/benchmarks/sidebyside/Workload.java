package dev.opml.benchmarks.sidebyside;

import java.nio.file.Path;

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
}
