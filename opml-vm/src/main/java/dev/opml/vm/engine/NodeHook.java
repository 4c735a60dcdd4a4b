package dev.opml.vm.engine;

/**
 * Comes after every node of an inference and may change memory there, as no node would; everything
 * after follows from the changed memory. For whoever wants to know what a wrong bit does.
 */
@FunctionalInterface
public interface NodeHook {
  /**
   * A node has run, or is the identity. Called again for a node that is run again to rebuild
   * memory: equal calls must make equal changes.
   *
   * @param position the node's position
   * @param row the node's row in the node table
   * @param memory persistent memory after the node
   */
  void after(int position, int row, EditableMemory memory);
}
