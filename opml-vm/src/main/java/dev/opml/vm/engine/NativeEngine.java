package dev.opml.vm.engine;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Operator;
import dev.opml.vm.graph.RopePairing;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.KvCache;
import dev.opml.vm.kernel.KvLayout;
import dev.opml.vm.kernel.Rotation;
import dev.opml.vm.memory.Lie;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Runs a program image's graph natively: an interpreter of the node table over persistent memory
 * that computes, for every node, the bytes that the guest computes. Which network it is, the table
 * says.
 *
 * <pre>{@code
 * try (NativeEngine engine = new NativeEngine(header, rows, graph, model, Kernels.fastest(), 2)) {
 *   Session session = engine.newSession(new RawInput(inputRegion));
 *   session.run(session.limit(), sink); // prefill in batches, then token by token
 *   session.output();
 * }
 * }</pre>
 *
 * <p>An engine is thread-safe; its sessions share weights and threads and are not. Results depend
 * on the image and the input only: not on kernels, threads or batches.
 */
public final class NativeEngine implements AutoCloseable {
  /** Largest context limit: one more id would leave the input region. */
  private static final int MAX_CONTEXT = (int) (MemoryRegion.INPUT.size() / 4) - 64;

  private static final int ROPE_ENTRY = 8;

  private final GraphHeader header;
  private final List<GraphRow> rows;
  private final List<Step> steps;

  private final WarmUp warmUp;

  /** The same steps with the kernels of the warm-up. */
  private final List<Step> warmUpSteps;

  /** Multiplications in a position, about. */
  private final long multiplications;

  private final Buffers buffers;
  private final Map<Long, KvLayout> caches;
  private final Kernels kernels;
  private final Team team;

  /**
   * Owns the packed weights. Closed with the engine, and unlike memory left to the garbage
   * collector not counted against {@code -XX:MaxDirectMemorySize}, which is as small as the heap.
   */
  private final Arena arena;

  /** As below, with weights packed into memory of its own. */
  public NativeEngine(
      GraphHeader header,
      List<GraphRow> rows,
      MemorySegment graph,
      MemorySegment model,
      Kernels kernels,
      int threads) {
    this(
        header,
        rows,
        graph,
        model,
        kernels,
        WarmUp.none(kernels),
        threads,
        WeightStore.ANONYMOUS,
        packed -> {});
  }

  /**
   * Prepares an image: checks the node table and packs the weights.
   *
   * @param header the graph header
   * @param rows the node table
   * @param graph the graph region's bytes, from its base
   * @param model the model region's bytes, from its base; must stay valid until the engine is
   *     closed
   * @param kernels what computes
   * @param warmUp what computes before
   * @param threads number of threads, at least 1
   * @param store where packed weights live
   * @param progress told the number of bytes of weights packed so far, on the calling thread; not
   *     called if the store has them
   * @throws IllegalArgumentException if the table's vectors overlap, a row reads what an earlier
   *     position wrote, a product writes what it reads, its length is not the header's, SAMPLE is
   *     not the last row, the context limit is too large, or a matrix leaves the model's bytes
   * @throws IndexOutOfBoundsException if a weight or table begins outside its region's bytes
   */
  @SuppressWarnings("MustBeClosedChecker") // the engine owns the arena, and closes it
  public NativeEngine(
      GraphHeader header,
      List<GraphRow> rows,
      MemorySegment graph,
      MemorySegment model,
      Kernels kernels,
      WarmUp warmUp,
      int threads,
      WeightStore store,
      LongConsumer progress) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException("the native engine needs a little-endian machine");
    }
    if (threads < 1
        || rows.size() != header.nodesPerToken()
        || header.contextLimit() > MAX_CONTEXT) {
      throw new IllegalArgumentException(
          "%d threads, %d rows for %d nodes a token, context limit %d"
              .formatted(threads, rows.size(), header.nodesPerToken(), header.contextLimit()));
    }
    this.header = header;
    this.rows = List.copyOf(rows);
    this.kernels = kernels;
    this.warmUp = warmUp;
    DataFlow.check(rows);
    buffers = new Buffers(rows);
    caches = cacheLayouts(rows);
    team = new Team(threads);
    arena = Arena.ofShared();
    try {
      Weights weights = new Weights(kernels, model, rows, store, arena, team, progress);
      multiplications = weights.elements();
      steps = steps(kernels, weights, graph);
      Kernels others = warmUp.kernels();
      warmUpSteps =
          others.equals(kernels) ? steps : steps(others, new Weights(others, weights), graph);
    } catch (RuntimeException | Error e) {
      team.close();
      arena.close();
      throw e;
    }
  }

  private List<Step> steps(Kernels with, Weights weights, MemorySegment graph) {
    Map<Long, Rotation> rotations = new HashMap<>();
    List<Step> result = new ArrayList<>();
    for (GraphRow row : rows) {
      if (row.operator() == Operator.SAMPLE && result.size() != rows.size() - 1) {
        throw new IllegalArgumentException("SAMPLE is row " + result.size() + ", not the last");
      }
      result.add(step(with, row, weights, graph, rotations));
    }
    return result;
  }

  private Step step(
      Kernels with,
      GraphRow row,
      Weights weights,
      MemorySegment graph,
      Map<Long, Rotation> rotations) {
    return switch (row.operator()) {
      case EMBED -> new EmbedStep(with, row, buffers, weights);
      case RMS_NORM -> new NormStep(with, row, buffers, weights);
      case QKV ->
          new QkvStep(
              with,
              row,
              buffers,
              weights,
              rotations.computeIfAbsent(row.table(), address -> rotation(row, graph)));
      case ATTENTION -> new AttentionStep(with, row, buffers);
      case MATMUL_ADD -> new MatmulAddStep(with, row, buffers, weights);
      case GATE_UP -> new GateUpStep(with, row, buffers, weights);
      case MATMUL -> new MatmulStep(with, row, buffers, weights);
      case SAMPLE -> new SampleStep(row, buffers);
    };
  }

  private Rotation rotation(GraphRow row, MemorySegment graph) {
    long bytes = (long) ROPE_ENTRY * (row.ropeDim() / 2) * header.contextLimit();
    MemorySegment table = graph.asSlice(row.table() - MemoryRegion.GRAPH.base(), bytes);
    return new Rotation(
        table, header.contextLimit(), row.ropeDim(), row.pairing() == RopePairing.INTERLEAVED);
  }

  private static Map<Long, KvLayout> cacheLayouts(List<GraphRow> rows) {
    Map<Long, KvLayout> layouts = new LinkedHashMap<>();
    for (GraphRow row : rows) {
      if (row.operator() == Operator.QKV) {
        int heads = row.kvFirst() + row.kvCount();
        KvLayout layout = new KvLayout(heads, row.headDim(), row.kvStride(), row.valueOffset());
        layouts.merge(row.aux(), layout, (a, b) -> a.heads() > b.heads() ? a : b);
      }
    }
    return layouts;
  }

  /**
   * Starts a session at position 0, with state and output zero. Never fails on what the input says.
   */
  public Session newSession(RawInput input) {
    return newSession(input, Checkpoint.NONE);
  }

  /** Starts a session that a checkpoint may end. */
  public Session newSession(RawInput input, Checkpoint checkpoint) {
    return new Session(this, input, checkpoint);
  }

  /** Starts a session that tells a lie, for tests and demonstrations. */
  public Session newSession(RawInput input, Lie lie) {
    return newSession(input, lie, Checkpoint.NONE);
  }

  /** Starts a session that tells a lie and that a checkpoint may end. */
  public Session newSession(RawInput input, Lie lie, Checkpoint checkpoint) {
    return new Session(this, input, lie, checkpoint);
  }

  /** Bytes of the heap that a session takes, about; more than that is an {@link Error}. */
  public long heapBytes(RawInput input) {
    int positions = input.positions(header.contextLimit());
    long cacheBytes =
        caches.values().stream().mapToLong(layout -> kernels.cacheBytes(layout, positions)).sum();
    return cacheBytes + Session.workspaceBytes(this, positions);
  }

  /** Bytes of the state region that a session may write. */
  public long stateBytes(RawInput input) {
    int positions = input.positions(header.contextLimit());
    long rows = caches.values().stream().mapToLong(KvLayout::stride).sum() * positions;
    long vectors = buffers.all().stream().mapToLong(Buffer::padded).sum();
    return rows + Float.BYTES * vectors;
  }

  /** The graph header. */
  public GraphHeader header() {
    return header;
  }

  /** The node table. */
  public List<GraphRow> rows() {
    return rows;
  }

  /** Whether the last row is SAMPLE. */
  boolean samples() {
    return rows.getLast().operator() == Operator.SAMPLE;
  }

  /**
   * The steps that compute the rows for a batch.
   *
   * @param slots positions of the batch
   */
  List<Step> steps(int slots) {
    return warmUp.isOver(slots * multiplications) ? steps : warmUpSteps;
  }

  Buffers buffers() {
    return buffers;
  }

  Team team() {
    return team;
  }

  /** New, zero KV rows for the first {@code positions} positions, by base address. */
  Map<Long, KvCache> newCaches(int positions) {
    Map<Long, KvCache> result = new LinkedHashMap<>();
    caches.forEach((base, layout) -> result.put(base, kernels.cache(layout, positions)));
    return result;
  }

  /** Ends the engine's threads and frees its weights. Sessions must not be used afterwards. */
  @Override
  public void close() {
    team.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
