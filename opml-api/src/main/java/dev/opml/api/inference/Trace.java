package dev.opml.api.inference;

import dev.opml.api.ModelId;
import dev.opml.api.SiblingPath;
import dev.opml.api.StateRoot;
import dev.opml.api.TokenIds;
import dev.opml.api.trace.MachineTrace;
import dev.opml.api.trace.NodeDescription;
import dev.opml.api.trace.NodeIndex;
import java.util.List;

/**
 * Phase 2: what a player claims about every node of one inference. Safe for use by many threads;
 * calls may be serialised.
 */
public interface Trace extends AutoCloseable {
  /** The model. */
  ModelId modelId();

  /** The request that was asked. */
  InferenceRequest request();

  /** The tokens that this trace ends with. */
  TokenIds output();

  /** Number of nodes, {@code N}. */
  long length();

  /**
   * State roots at the given boundaries, 0 to {@link #length()}.
   *
   * @param boundaries ascending
   * @return one root a boundary, in the same order
   */
  List<StateRoot> rootsAt(List<NodeIndex> boundaries);

  /** The state root before node {@code boundary}, or the final root. */
  default StateRoot rootAt(NodeIndex boundary) {
    return rootsAt(List.of(boundary)).getFirst();
  }

  /** The boundary after the last node. */
  default NodeIndex end() {
    return new NodeIndex(length());
  }

  /** The state root after the last node. */
  default StateRoot finalRoot() {
    return rootAt(end());
  }

  /** Path from the output region's subtree to the final root. */
  SiblingPath outputPath();

  /** Phase 1 of one node. The caller closes it. */
  MachineTrace machine(NodeIndex node);

  /** Describes a node, for people. */
  NodeDescription describe(NodeIndex node);

  /** Releases memory. */
  @Override
  void close();
}
