package dev.opml.vm.graph;

import dev.opml.api.LimitExceededException;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgufFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The {@code graph} region of a LLaMA-architecture model: header leaf, node table, constants
 * (docs/image.md), with the parsed form of what it holds.
 *
 * @param config hyperparameters
 * @param header the header leaf
 * @param rows the node table
 * @param layout addresses in the {@code state} region
 * @param bytes the region's bytes up to the last constant, from {@code MemoryRegion.GRAPH.base()}
 */
public record GraphRegion(
    LlamaConfig config,
    GraphHeader header,
    List<GraphRow> rows,
    StateLayout layout,
    MemorySegment bytes) {
  private static final long CONSTANTS_ALIGNMENT = 1 << 12;
  private static final int LEAST_CONTEXT = 512;
  private static final int MOST_CONTEXT = 8192;

  /**
   * Builds the region from a file.
   *
   * @param file model file, opened with {@link GgufFile#open}; it must stay open while the rows are
   *     used
   * @param contextLimit context limit, or 0 for the file's context length clamped to 512 … 8192
   * @param mode how nodes are cut into trace steps
   * @param arena owns the region's bytes
   * @throws UnsupportedModelException if the file's model is not one that this graph computes
   * @throws LimitExceededException if an operator or a region would exceed its limit
   */
  public static GraphRegion build(GgufFile file, int contextLimit, GraphMode mode, Arena arena) {
    LlamaConfig config = LlamaMetadata.config(file);
    int context =
        contextLimit != 0
            ? contextLimit
            : Math.clamp(config.trainedContext(), LEAST_CONTEXT, MOST_CONTEXT);
    LlamaTensors tensors = LlamaTensors.of(file, config);
    int rowCount = LlamaGraph.rows(config, tensors, context, 0).size();
    long constants =
        StateLayout.roundUp((long) GraphRow.SIZE * (1 + rowCount), CONSTANTS_ALIGNMENT);
    long size = constants + RopeTable.size(context, config.ropeDim());
    if (size > MemoryRegion.GRAPH.size()) {
      throw new LimitExceededException("graphBytes", MemoryRegion.GRAPH.size(), size);
    }
    List<GraphRow> rows =
        LlamaGraph.rows(config, tensors, context, MemoryRegion.GRAPH.base() + constants);
    if (mode == GraphMode.SINGLE_PHASE) {
      requireOneNode(rows, context);
    }
    GraphHeader header =
        new GraphHeader(
            mode,
            rows.size(),
            config.vocabularySize(),
            context,
            LlamaMetadata.stopTokens(file, config.vocabularySize()));
    MemorySegment bytes =
        arena.allocate(StateLayout.roundUp(size, MemoryRegion.LEAF_SIZE), MemoryRegion.LEAF_SIZE);
    ByteBuffer table = bytes.asSlice(0, constants).asByteBuffer();
    table.put(header.encode());
    rows.forEach(row -> row.encode(table));
    RopeTable.fill(bytes.asSlice(constants), context, config.ropeDim(), config.ropeBase());
    return new GraphRegion(
        config, header, rows, StateLayout.of(config, context), bytes.asReadOnly());
  }

  /** Checks that all rows at all positions together are one bounded node. */
  private static void requireOneNode(List<GraphRow> rows, int context) {
    long position = 0;
    for (GraphRow row : rows) {
      position += InstructionBounds.node(row, context);
    }
    long limit = InstructionBounds.NODE_LIMIT / context;
    if (position > limit) {
      throw new LimitExceededException(
          "nodeInstructions of a position in single-phase mode", limit, position);
    }
  }

  /**
   * The layer that a row belongs to, from 0, or -1 for the rows around the layers. Derived from the
   * order of operators: a layer starts with the norm before its q/k/v rows.
   */
  public int layerOf(int row) {
    int layer = -1;
    for (int i = 0; i <= row; i++) {
      if (rows.get(i).sampled()) {
        return -1;
      }
      boolean startsLayer =
          rows.get(i).operator() == Operator.RMS_NORM && rows.get(i + 1).operator() == Operator.QKV;
      layer += startsLayer ? 1 : 0;
    }
    return layer;
  }
}
