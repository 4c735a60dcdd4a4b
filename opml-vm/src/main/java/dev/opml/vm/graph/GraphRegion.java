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
 * @param model what the rows compute
 * @param header the header leaf
 * @param rows the node table
 * @param layers the layer that each row belongs to, from 0; -1 for rows around the layers
 * @param layout addresses in the {@code state} region
 * @param bytes the region's bytes up to the last constant, from {@code MemoryRegion.GRAPH.base()}
 */
public record GraphRegion(
    DecoderModel model,
    GraphHeader header,
    List<GraphRow> rows,
    List<Integer> layers,
    StateLayout layout,
    MemorySegment bytes) {
  private static final long CONSTANTS_ALIGNMENT = 1 << 12;
  private static final int MOST_CONTEXT = 8192;

  /**
   * Builds the region of a model.
   *
   * @param model the model
   * @param contextLimit context limit, or 0 for what the file says, at most 8192
   * @param mode how nodes are cut into trace steps
   * @param arena owns the region's bytes
   * @throws LimitExceededException if an operator or a region would exceed its limit
   */
  public static GraphRegion build(
      DecoderModel model, int contextLimit, GraphMode mode, Arena arena) {
    int context =
        contextLimit != 0 ? contextLimit : Math.min(model.shape().trainedContext(), MOST_CONTEXT);
    Map<RopeAngles, Long> tables = new LinkedHashMap<>();
    model.layers().stream()
        .map(DecoderLayer::rope)
        .filter(angles -> angles.dimension() != 0)
        .forEach(angles -> tables.put(angles, 0L));
    int rowCount = DecoderGraph.table(model, context, tables).rows().size();
    long constants = StateLayout.roundUp(GraphRow.SIZE * (1L + rowCount), CONSTANTS_ALIGNMENT);
    long size = constants;
    for (Map.Entry<RopeAngles, Long> table : tables.entrySet()) {
      table.setValue(MemoryRegion.GRAPH.base() + size);
      size += RopeTable.size(context, table.getKey());
      size = StateLayout.roundUp(size, MemoryRegion.LEAF_SIZE);
      if (size > MemoryRegion.GRAPH.size()) {
        throw new LimitExceededException("graphBytes", MemoryRegion.GRAPH.size(), size);
      }
    }
    DecoderGraph.Table table = DecoderGraph.table(model, context, tables);
    if (mode == GraphMode.SINGLE_PHASE) {
      requireOneNode(table.rows(), context);
    }
    GraphHeader header =
        new GraphHeader(
            mode, rowCount, model.shape().vocabularySize(), context, model.stopTokens());
    MemorySegment bytes = arena.allocate(size, MemoryRegion.LEAF_SIZE);
    ByteBuffer start = bytes.asSlice(0, constants).asByteBuffer();
    start.put(header.encode()).position(GraphRow.SIZE);
    table.rows().forEach(row -> row.encode(start));
    tables.forEach((angles, address) ->
        RopeTable.fill(bytes.asSlice(address - MemoryRegion.GRAPH.base()), context, angles));
    return new GraphRegion(
        model,
        header,
        table.rows(),
        table.layers(),
        StateLayout.of(model.shape(), model.layers().size(), context),
        bytes.asReadOnly());
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
