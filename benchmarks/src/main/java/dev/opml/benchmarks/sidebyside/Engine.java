package dev.opml.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;

/** A program that runs models. */
interface Engine {
  /** Its name in tables. */
  String name();

  /** A program that runs a workload, with its arguments. */
  List<String> command(Workload workload);

  /**
   * Measures a workload in a process of its own.
   *
   * @throws IOException if the program cannot be started, fails, or prints something unexpected
   */
  Speeds measure(Workload workload) throws IOException, InterruptedException;
}
