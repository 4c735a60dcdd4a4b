package dev.opml.vm.engine;

/** Where an inference may be ended: between positions, and between the rows of a batch of them. */
@FunctionalInterface
public interface Checkpoint {
  /** Lets every inference run to its end. */
  Checkpoint NONE = position -> {};

  /**
   * Called on the thread that runs the inference; what it throws is thrown to the caller.
   *
   * @param position the next position that is not complete
   */
  void reached(int position);
}
