package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code graph} region of a model: header leaf, node table, constants (docs/image.md), with the
 * parsed form of what it holds.
 *
 * @param header the header leaf
 * @param table the node table
 * @param bytes the region's bytes up to the last constant, from {@code MemoryRegion.GRAPH.base()}
 */
public record GraphRegion(GraphHeader header, NodeTable table, MemorySegment bytes) {
  private static final long CONSTANTS_ALIGNMENT = 1 << 12;

  /**
   * Builds the region of a model.
   *
   * @param model the model
   * @param contextLimit context limit, or 0 for the model's own
   * @param mode how nodes are cut into trace steps
   * @param arena owns the region's bytes
   * @throws LimitExceededException if an operator or a region would exceed its limit
   */
  public static GraphRegion build(Model model, int contextLimit, GraphMode mode, Arena arena) {
    int context = model.contextLimit(contextLimit);
    Map<RopeAngles, Long> ropeTables = new LinkedHashMap<>();
    model.rotations().forEach(angles -> ropeTables.put(angles, 0L));
    int rowCount = model.table(context, ropeTables).rows().size();
    long constants = StateLayout.roundUp(GraphRow.SIZE * (1L + rowCount), CONSTANTS_ALIGNMENT);
    long size = constants;
    for (Map.Entry<RopeAngles, Long> ropeTable : ropeTables.entrySet()) {
      ropeTable.setValue(MemoryRegion.GRAPH.base() + size);
      size += RopeTable.size(context, ropeTable.getKey());
      size = StateLayout.roundUp(size, MemoryRegion.LEAF_SIZE);
    }
    if (size > MemoryRegion.GRAPH.size()) {
      throw new LimitExceededException("graphBytes", MemoryRegion.GRAPH.size(), size);
    }
    NodeTable table = model.table(context, ropeTables);
    if (mode == GraphMode.SINGLE_PHASE) {
      requireOneNode(table.rows(), context);
    }
    GraphHeader header =
        new GraphHeader(
            GraphHeader.CURRENT_VERSION,
            mode,
            rowCount,
            model.vocabularySize(),
            context,
            model.inputBytes(),
            model.stopTokens());
    MemorySegment bytes = arena.allocate(size, MemoryRegion.LEAF_SIZE);
    ByteBuffer start = bytes.asSlice(0, constants).asByteBuffer();
    start.put(header.encode()).position(GraphRow.SIZE);
    table.rows().forEach(row -> row.encode(start));
    ropeTables.forEach((angles, address) ->
        RopeTable.fill(bytes.asSlice(address - MemoryRegion.GRAPH.base()), context, angles));
    return new GraphRegion(header, table, bytes.asReadOnly());
  }

  /** The rows of the node table. */
  public List<GraphRow> rows() {
    return table.rows();
  }

  /** Checks that all rows at all positions together are one bounded node. */
  private static void requireOneNode(List<GraphRow> rows, int context) {
    long position = 0;
    for (GraphRow row : rows) {
      position += row.operation().instructions(context);
    }
    long limit = InstructionBounds.NODE_LIMIT / context;
    if (position > limit) {
      throw new LimitExceededException(
          "nodeInstructions of a position in single-phase mode", limit, position);
    }
  }
}
