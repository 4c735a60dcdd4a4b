package dev.opml.vm.engine;

import java.lang.foreign.MemorySegment;

/** Is told what nodes write to persistent memory. */
@FunctionalInterface
public interface NodeSink {
  /**
   * A node has written. Calls for one node cover its write set exactly (docs/image.md, "Write
   * set"): whole 128-byte slots, each once. A node may come in several calls, and nodes of one
   * batch come row by row rather than position by position; nodes that are the identity do not come
   * at all. Any two calls of an inference, whichever nodes they are about, report the same slots or
   * have none in common. All calls come from the thread that runs the inference, between the tasks
   * of its engine.
   *
   * @param position the node's position
   * @param row the node's row in the node table
   * @param address address of the first byte, a multiple of 128
   * @param bytes what was written, whole slots; valid during the call only
   */
  void written(long position, int row, long address, MemorySegment bytes);
}
