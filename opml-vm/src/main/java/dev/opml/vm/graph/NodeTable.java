package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.MemoryRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows in execution order.
 *
 * @param rows the rows
 * @param layers the layer that each row belongs to, from 0; -1 for rows around the layers
 * @param stateEnd first address after what they write in the state region
 */
public record NodeTable(List<GraphRow> rows, List<Integer> layers, long stateEnd) {
  /** Copies the lists. */
  public NodeTable {
    rows = List.copyOf(rows);
    layers = List.copyOf(layers);
  }

  /** Collects rows, and checks that each is a bounded node. */
  static final class Builder {
    private final int contextLimit;
    private final List<GraphRow> rows = new ArrayList<>();
    private final List<Integer> layers = new ArrayList<>();
    private int layer = -1;

    Builder(int contextLimit) {
      this.contextLimit = contextLimit;
    }

    /** The layer of the rows that follow. */
    void layer(int number) {
      layer = number;
    }

    /** Adds a row that runs at every position. */
    void add(Operation operation) {
      add(new GraphRow(operation, false));
    }

    /** Adds a row that runs where a token is drawn. */
    void addSampled(Operation operation) {
      add(new GraphRow(operation, true));
    }

    private void add(GraphRow row) {
      long instructions = row.operation().instructions(contextLimit);
      if (instructions > InstructionBounds.NODE_LIMIT) {
        throw new LimitExceededException(
            "nodeInstructions", InstructionBounds.NODE_LIMIT, instructions);
      }
      rows.add(row);
      layers.add(layer);
    }

    NodeTable build(long stateEnd) {
      long stateBytes = stateEnd - MemoryRegion.STATE.base();
      if (stateBytes > MemoryRegion.STATE.size()) {
        throw new LimitExceededException("stateBytes", MemoryRegion.STATE.size(), stateBytes);
      }
      return new NodeTable(rows, layers, stateEnd);
    }
  }
}
