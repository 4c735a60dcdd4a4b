package dev.opml.vm.engine;

import dev.opml.api.TokenIds;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.kernel.attention.KvCache;
import dev.opml.vm.memory.MemoryExtent;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One inference: the state and output regions of its memory, and how far it has come. Positions run
 * in order, each with all its nodes; {@link #position()} is the next one. After {@link #limit()},
 * or after a stop token, all nodes are the identity and nothing runs.
 *
 * <p>Not thread-safe.
 */
public sealed class Session implements Inference permits HookedSession {
  /**
   * Most positions in a batch: enough to reuse weights from the cache, few enough for the buffers
   * to stay small.
   */
  static final int MAX_BATCH = 128;

  /** Most elements of a vector in all slots: what 128 slots of a 256k vocabulary take. */
  private static final int MAX_BATCH_ELEMENTS = 1 << 25;

  final NativeEngine engine;
  final RawInput input;
  private final int limit;
  private final Tokens tokens;
  private final Drawing drawing;
  private final Workspace workspace;
  private final Map<Long, KvCache> caches;
  private final Checkpoint checkpoint;
  private int position;
  private boolean stopped;

  Session(NativeEngine engine, RawInput input, Checkpoint checkpoint) {
    this(engine, input, MAX_BATCH, checkpoint);
  }

  /** A session that runs at most {@code maxBatch} positions at once. */
  Session(NativeEngine engine, RawInput input, int maxBatch, Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    this.engine = engine;
    this.input = input;
    limit = input.positions(engine.header().contextLimit());
    tokens = new Tokens(input, engine.header().vocabularySize(), limit);
    drawing = new Drawing(input, tokens);
    int slots = slots(engine, limit, maxBatch);
    workspace = new Workspace(engine.buffers(), slots, limit, engine.team().size());
    caches = engine.newCaches(limit);
  }

  private static int slots(NativeEngine engine, int positions, int maxBatch) {
    return Math.clamp(positions, 1, Math.min(maxBatch, mostSlots(engine.buffers().longest())));
  }

  /** Bytes of the vectors of a session of {@code positions}, without its KV caches. */
  static long workspaceBytes(NativeEngine engine, int positions) {
    int slots = slots(engine, positions, MAX_BATCH);
    return Workspace.bytes(engine.buffers(), slots, positions, engine.team().size());
  }

  /**
   * Positions in a batch whose longest vectors are this long: what a vector may take is bounded.
   */
  static int mostSlots(int longest) {
    return Math.clamp(MAX_BATCH_ELEMENTS / longest, 1, MAX_BATCH);
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int limit() {
    return limit;
  }

  @Override
  public int promptLength() {
    return tokens.promptLength;
  }

  @Override
  public boolean finished() {
    return stopped || position >= limit;
  }

  @Override
  public TokenIds output() {
    return tokens.output();
  }

  /** {@inheritDoc} Prompt positions run in batches, the others one at a time. */
  @Override
  public int run(int to, @Nullable NodeSink sink) {
    int end = Math.min(to, limit);
    while (position < end && !stopped) {
      int batchEnd =
          position < tokens.promptLength
              ? Math.min(Math.min(end, tokens.promptLength), position + workspace.drawn.length)
              : position + 1;
      Batch batch = execute(batchEnd, engine.rows().size(), sink);
      accept(batch, batchEnd - position);
    }
    return position;
  }

  /** {@inheritDoc} In batches, far faster than generating them. */
  @Override
  public int verify(TokenIds claimed, @Nullable NodeSink sink) {
    for (int g = 0; g < Math.min(claimed.size(), tokens.count()); g++) {
      if (claimed.get(g) != tokens.generated(g)) {
        throw new IllegalArgumentException(
            "claimed token %d is %d, but %d was generated"
                .formatted(g, claimed.get(g), tokens.generated(g)));
      }
    }
    int end = assume(claimed);
    while (position < end && !stopped) {
      int batchEnd = Math.min(end, position + workspace.drawn.length);
      Batch batch = execute(batchEnd, engine.rows().size(), sink);
      int right = rightSlots(batch, claimed);
      accept(batch, Math.min(right + 1, batch.to));
      if (right < batch.to) {
        return tokens.count() - 1;
      }
    }
    return Math.min(claimed.size(), tokens.count());
  }

  /**
   * Runs positions as if {@code text} had been generated, in batches, and tells which logits each
   * of its tokens would have been drawn from. Memory then is as if the graph generated {@code
   * text}, which it need not do: such a session proves nothing.
   *
   * @param text continuation of what was generated
   * @param listener hears {@link InferenceListener#onLogits}
   * @throws IllegalStateException if the graph has no SAMPLE row
   */
  public void score(TokenIds text, InferenceListener listener) {
    TokenIds known = output().concat(text);
    int end = assume(known);
    Sample sample = sampleRow();
    Buffer logits = engine.buffers().at(sample.in());
    while (position < end && !stopped) {
      int batchEnd = Math.min(end, position + workspace.drawn.length);
      Batch batch = execute(batchEnd, engine.rows().size(), null);
      FloatBuffer slots = FloatBuffer.wrap(workspace.data(logits)).asReadOnlyBuffer();
      for (int slot = firstSampled(batch); slot < batch.to; slot++) {
        int p = batch.position + slot;
        listener.onLogits(p, slots.slice(slot * logits.stride(), sample.n()));
        workspace.drawn[slot] = known.get(tokens.index(p));
      }
      accept(batch, batch.to);
    }
  }

  /**
   * Lets positions read claimed tokens; returns the position after the one that generates the last
   * of them, or after a stop token.
   */
  private int assume(TokenIds claimed) {
    int end = Math.min(limit, tokens.firstSampled() + claimed.size());
    if (!engine.samples()) {
      return end;
    }
    for (int g = tokens.count(); tokens.firstSampled() + g < end; g++) {
      tokens.assume(g, claimed.get(g));
      if (ends(g + 1)) {
        return tokens.firstSampled() + g + 1;
      }
    }
    return end;
  }

  private int firstSampled(Batch batch) {
    return Math.clamp((long) tokens.firstSampled() - batch.position, 0, batch.to);
  }

  /** Number of slots before the first that drew another token than claimed. */
  private int rightSlots(Batch batch, TokenIds claimed) {
    if (!engine.samples()) {
      return batch.to;
    }
    for (int slot = firstSampled(batch); slot < batch.to; slot++) {
      if (workspace.drawn[slot] != claimed.get(tokens.index(batch.position + slot))) {
        return slot;
      }
    }
    return batch.to;
  }

  /**
   * {@inheritDoc} KV rows of earlier positions are copied, the position before is run again to fill
   * the buffers, then the rows before {@code row}.
   */
  @Override
  public List<MemoryExtent> memoryBefore(long nodePosition, int row) {
    if (nodePosition < 0
        || row < 0
        || row >= engine.rows().size()
        || (nodePosition > position && !finished())) {
      throw new IllegalArgumentException(
          "position %d, row %d; the session is at %d".formatted(nodePosition, row, position));
    }
    if (nodePosition >= position && (finished() || row == 0)) {
      return memory();
    }
    int at = (int) nodePosition;
    Session copy = resumedAt(Math.max(0, at - 1));
    copy.run(at, null);
    copy.execute(at + 1, row, null);
    return copy.extents(at + 1);
  }

  /**
   * A session that has what this one had before a position, or before an earlier one, but for the
   * buffers.
   */
  Session resumedAt(int from) {
    Session copy = new Session(engine, input, 1, Checkpoint.NONE);
    copy.caches.forEach((base, cache) -> cache.copyRows(cache(base), from));
    copy.tokens.copy(tokens, engine.samples() ? Math.max(0, tokens.index(from)) : 0);
    copy.position = from;
    return copy;
  }

  /**
   * A session of another input that takes over what this one computed for the beginning that both
   * have in common, but for the prompt's last position, which fills the buffers. It then goes on as
   * one that ran from its beginning would.
   */
  Session continuedBy(RawInput next, Checkpoint check) {
    Session session = new Session(engine, next, check);
    int most = Math.min(position, session.promptLength() - 1);
    int common = 0;
    while (common < most && tokens.at(common) == session.tokens.at(common)) {
      common++;
    }
    int from = common;
    session.caches.forEach((base, cache) -> cache.copyRows(cache(base), from));
    session.position = from;
    return session;
  }

  private KvCache cache(long base) {
    return Objects.requireNonNull(caches.get(base));
  }

  @Override
  public List<MemoryExtent> memory() {
    return extents(position);
  }

  private List<MemoryExtent> extents(int kvRows) {
    List<MemoryExtent> extents = new ArrayList<>();
    extents.add(new MemoryExtent(MemoryRegion.OUTPUT.base(), tokens.outputBytes()));
    for (Buffer buffer : engine.buffers().all()) {
      MemorySegment slots = MemorySegment.ofArray(workspace.data(buffer));
      extents.add(
          new MemoryExtent(
              buffer.address(), slots.asSlice(0, (long) Float.BYTES * buffer.padded())));
    }
    caches.forEach((base, cache) -> {
      long bytes = (long) cache.layout().stride() * kvRows;
      extents.add(new MemoryExtent(base, cache.rows().asSlice(0, bytes)));
    });
    extents.removeIf(extent -> extent.bytes().byteSize() == 0);
    extents.sort(Comparator.naturalOrder());
    return extents;
  }

  @Override
  public void share(int tasks, IntConsumer task) {
    engine.team().run(tasks, (worker, index) -> task.accept(index));
  }

  @Override
  public float[] logits() {
    Sample sample = sampleRow();
    return Arrays.copyOf(workspace.data(engine.buffers().at(sample.in())), sample.n());
  }

  private Sample sampleRow() {
    if (engine.rows().getLast().operation() instanceof Sample sample) {
      return sample;
    }
    throw new IllegalStateException("the graph computes no logits");
  }

  /**
   * Runs rows 0 to {@code rowEnd} of the positions from {@link #position} to {@code end}; what they
   * did is not accepted yet.
   */
  Batch execute(int end, int rowEnd, @Nullable NodeSink sink) {
    Batch batch =
        new Batch(
            workspace, caches, engine.team(), tokens, drawing, position, end - position, sink);
    Plan plan = engine.plan(batch.to);
    int firstSampled = firstSampled(batch);
    for (int row = 0, rows; row < rowEnd; row += rows) {
      // A single position is over soon, and a generation that ends before it goes on or has a
      // result.
      if (row == 0 || batch.to > 1) {
        checkpoint.reached(position);
      }
      batch.row = row;
      batch.from = engine.rows().get(row).sampled() ? firstSampled : 0;
      rows = runRows(plan, batch, rowEnd);
    }
    return batch;
  }

  /**
   * Runs the batch's current row, and rows after it that can run with it, before {@code rowEnd}.
   *
   * @return how many
   */
  int runRows(Plan plan, Batch batch, int rowEnd) {
    Plan.Stage stage = plan.stage(batch.row);
    if (batch.row + stage.rows() > rowEnd) {
      stage = plan.row(batch.row);
    }
    if (batch.from < batch.to) {
      stage.step().run(batch);
    }
    return stage.rows();
  }

  /**
   * Makes the first {@code slots} positions of a batch part of this session and undoes the rest.
   */
  private void accept(Batch batch, int slots) {
    position = batch.position + slots;
    boolean sampled = position >= tokens.promptLength;
    workspace.settle(slots - 1, sampled);
    if (slots < batch.to) {
      caches.values().forEach(cache -> cache.clearFrom(position));
    }
    if (!sampled || !engine.samples()) {
      return;
    }
    for (int slot = firstSampled(batch); slot < slots; slot++) {
      tokens.set(tokens.index(batch.position + slot), workspace.drawn[slot]);
    }
    stopped = ends(tokens.count());
  }

  /** Whether generation ends after the first {@code count} tokens. */
  private boolean ends(int count) {
    return input.ending(engine.header().stopTokens(), tokens::generated, count) != null;
  }
}
