package dev.opml.benchmarks.sidebyside;

import java.io.IOException;

/** A program that runs models. */
interface Engine {
  /** Its name in tables. */
  String name();

  /**
   * Measures a workload in a process of its own.
   *
   * @throws IOException if the program cannot be started, fails, or prints something unexpected
   */
  Speeds measure(Workload workload) throws IOException, InterruptedException;
}
