package dev.opml.vm.engine;

/** A row of the node table, ready to run. Immutable and shared by sessions. */
@FunctionalInterface
interface Step {
  /** Runs the row for the slots {@code batch.from} to {@code batch.to}. */
  void run(Batch batch);
}
