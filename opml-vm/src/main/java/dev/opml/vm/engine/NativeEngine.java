package dev.opml.vm.engine;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.kernel.attention.KvLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
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
 * try (NativeEngine engine =
 *     new NativeEngine(
 *         header, rows, graph, model, KernelKind.FASTEST, 2, WeightStore.ANONYMOUS, n -> {})) {
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
  private final GraphHeader header;
  private final List<GraphRow> rows;
  private final Plan plan;

  private final WarmUp warmUp;

  /** The same with the kernels of the warm-up. */
  private final Plan warmUpPlan;

  /** Multiplications in a position, about. */
  private final long multiplications;

  private final Buffers buffers;
  private final Caches caches;
  private final Kernels kernels;
  private final Team team;

  /**
   * Owns the packed weights. Closed with the engine, and unlike memory left to the garbage
   * collector not counted against {@code -XX:MaxDirectMemorySize}, which is as small as the heap.
   */
  private final Arena arena;

  /** As below, without a warm-up, and with weights packed into memory of its own. */
  NativeEngine(
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
   * Prepares an image: checks the node table and packs the weights. The first multiplications of a
   * JVM are left to kernels that are fast until the others are compiled.
   *
   * @param header the graph header
   * @param rows the node table
   * @param graph the graph region's bytes, from its base
   * @param model the model region's bytes, from its base; must stay valid until the engine is
   *     closed
   * @param kind what computes
   * @param threads number of threads, at least 1
   * @param store where packed weights live
   * @param progress told the number of bytes of weights packed so far, on the calling thread; not
   *     called if the store has them
   * @throws IllegalArgumentException if the table's vectors or KV rows overlap, a row reads what an
   *     earlier position wrote, a product writes what it reads, two rows write the same part of a
   *     KV row, a slice is not whole slots, a number is out of range, its length is not the
   *     header's, SAMPLE is not the last row, the context limit is too large, or a matrix leaves
   *     the model's bytes
   * @throws IndexOutOfBoundsException if weights begin outside the model's bytes, or a vector of
   *     weights or a table leaves its region's
   * @throws dev.opml.api.inference.UnfaithfulArithmeticException if this machine computes anything
   *     else than docs/numerics.md says
   */
  public NativeEngine(
      GraphHeader header,
      List<GraphRow> rows,
      MemorySegment graph,
      MemorySegment model,
      KernelKind kind,
      int threads,
      WeightStore store,
      LongConsumer progress) {
    this(
        header,
        rows,
        graph,
        model,
        kind.kernels(),
        WarmUp.ofThisJvm(kind.kernels()),
        threads,
        store,
        progress);
  }

  /**
   * As above.
   *
   * @param kernels what computes
   * @param warmUp what computes before
   */
  @SuppressWarnings("MustBeClosedChecker") // the engine owns the arena, and closes it
  NativeEngine(
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
        || header.contextLimit() > InferenceRequest.MAX_PROMPT_TOKENS) {
      throw new IllegalArgumentException(
          "%d threads, %d rows for %d nodes a token, context limit %d"
              .formatted(threads, rows.size(), header.nodesPerToken(), header.contextLimit()));
    }
    this.header = header;
    this.rows = List.copyOf(rows);
    this.kernels = kernels;
    this.warmUp = warmUp;
    rows.forEach(row -> requireInRange(row, header));
    DataFlow.check(rows);
    for (int row = 0; row < rows.size() - 1; row++) {
      if (rows.get(row).operation() instanceof Sample) {
        throw new IllegalArgumentException("SAMPLE is row " + row + ", not the last");
      }
    }
    buffers = new Buffers(rows);
    caches = new Caches(rows);
    StateRanges.check(buffers, caches, header.contextLimit());
    team = new Team(threads);
    arena = Arena.ofShared();
    try {
      Weights weights = new Weights(kernels, model, rows, store, arena, team, progress);
      multiplications = weights.elements();
      plan = plan(kernels, weights, graph);
      Kernels others = warmUp.kernels();
      warmUpPlan =
          others.equals(kernels) ? plan : plan(others, new Weights(others, weights), graph);
    } catch (RuntimeException | Error e) {
      team.close();
      arena.close();
      throw e;
    }
  }

  private static void requireInRange(GraphRow row, GraphHeader header) {
    boolean fits =
        !(row.operation() instanceof Sample sample)
            || (sample.n() == header.vocabularySize() && row.sampled());
    if (!fits || !row.operation().isInRange()) {
      throw new IllegalArgumentException("a number is out of range: " + row);
    }
  }

  private Plan plan(Kernels with, Weights weights, MemorySegment graph) {
    return new Plan(with, rows, buffers, caches, weights, graph, header);
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

  /**
   * Starts a session that need not compute again what an earlier one has in common with it. Both
   * are of use afterwards.
   *
   * @param earlier a session of this engine that no checkpoint has ended within its prompt
   */
  public Session newSession(RawInput input, Checkpoint checkpoint, Session earlier) {
    return earlier.continuedBy(input, checkpoint);
  }

  /** Starts a session whose memory a hook may change between nodes. */
  public Session newSession(RawInput input, NodeHook hook) {
    return new HookedSession(this, input, hook);
  }

  /** Bytes of the heap that a session takes, about; more than that is an {@link Error}. */
  public long heapBytes(RawInput input) {
    int positions = input.positions(header.contextLimit());
    long cacheBytes =
        caches.layouts().values().stream()
            .mapToLong(layout -> kernels.cacheBytes(layout, positions))
            .sum();
    return cacheBytes + Session.workspaceBytes(this, positions);
  }

  /** Bytes of the state region that a session may write. */
  public long stateBytes(RawInput input) {
    int positions = input.positions(header.contextLimit());
    long rows = caches.layouts().values().stream().mapToLong(KvLayout::stride).sum() * positions;
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
    return rows.getLast().operation() instanceof Sample;
  }

  /**
   * The plan that computes a batch: that of the warm-up until it is over.
   *
   * @param slots positions of the batch
   */
  Plan plan(int slots) {
    return warmUp.isOver(slots * multiplications) ? plan : warmUpPlan;
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
    caches.layouts().forEach((base, layout) -> result.put(base, kernels.cache(layout, positions)));
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
