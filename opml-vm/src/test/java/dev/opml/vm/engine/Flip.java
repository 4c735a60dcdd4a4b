package dev.opml.vm.engine;

import dev.opml.api.trace.NodeIndex;

/**
 * A word that is changed after a node.
 *
 * @param node the node
 * @param address address of the word, a multiple of 4
 * @param mask bits to flip
 */
record Flip(long node, long address, int mask) {
  /** Makes the change in a session. */
  NodeHook hook(int nodesPerToken) {
    return (position, row, memory) -> {
      if (NodeIndex.of(position, row, nodesPerToken).value() == node) {
        memory.flip(address, mask);
      }
    };
  }
}
