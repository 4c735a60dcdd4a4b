package dev.opml.testing;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.OutputRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.vm.cache.PackedWeightFiles;
import dev.opml.vm.engine.KernelKind;
import dev.opml.vm.engine.NativeEngine;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.engine.Session;
import dev.opml.vm.engine.WeightStore;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Sample;
import dev.opml.vm.graph.Span;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.memory.MemoryExtent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Runs a model with a lie in it: the strongest liar, who changes memory in one place and computes
 * everything after truly from there. For tests and demonstrations: it does not wait for memory, and
 * does not notice a model file that changes. Thread-safe. Traces must not be used once the liar, or
 * the executor that the image is from, is closed.
 */
public final class Liar implements AutoCloseable {
  private final ProgramImage image;
  private final NativeEngine engine;

  /**
   * Prepares an engine of its own.
   *
   * @param image the model; not single-phase, because its only node makes every change
   * @param options those that the image's executor was opened with: its threads, and where packed
   *     weights are kept; if they are not, they are packed a second time
   */
  public Liar(ProgramImage image, ExecutorOptions options) {
    GraphRegion graph = image.graph();
    if (graph.header().mode() == GraphMode.SINGLE_PHASE) {
      throw new IllegalArgumentException(
          "a single-phase image has no node of its own to lie about");
    }
    this.image = image;
    WeightStore store =
        PackedWeightFiles.of(
            image.file().path(), image.modelRoot(), options.cache(), options.threads(), () -> {});
    engine =
        new NativeEngine(
            graph.header(),
            graph.rows(),
            graph.bytes(),
            image.file().bytes(),
            KernelKind.FASTEST,
            options.threads(),
            store,
            packed -> {});
  }

  /**
   * A trace that lies in one place and is consistent everywhere else.
   *
   * @param listener is told of tokens and progress; cannot cancel
   * @throws IllegalArgumentException if the lie is not about a node of this request
   * @throws dev.opml.api.LimitExceededException if the request does not fit the model
   */
  public Trace trace(InferenceRequest request, Lie lie, InferenceListener listener) {
    GraphHeader header = image.graph().header();
    request.requireFits(header);
    if (lie.node().value() >= request.traceLength(header)) {
      throw new IllegalArgumentException("no node " + lie.node().value() + " to lie about");
    }
    int nodesPerToken = header.nodesPerToken();
    Session lying =
        engine.newSession(
            RawInput.of(request),
            (position, row, memory) -> {
              if (NodeIndex.of(position, row, nodesPerToken).equals(lie.node())) {
                memory.flip(lie.address(), lie.mask());
              }
            });
    return LyingTrace.record(image, request, lying, lie, listener);
  }

  /**
   * The lie that output token {@code index} is {@code claimed} where it is {@code computed}.
   *
   * @throws IndexOutOfBoundsException if the request asks for no such token
   */
  public Lie wrongToken(InferenceRequest request, int index, int computed, int claimed) {
    Objects.checkIndex(index, request.maxNewTokens());
    GraphHeader header = image.graph().header();
    NodeIndex sampler =
        NodeIndex.of(
            request.firstSampledPosition() + (long) index,
            header.nodesPerToken() - 1,
            header.nodesPerToken());
    return new Lie(sampler, OutputRegion.addressOf(index), computed ^ claimed);
  }

  /**
   * A lie about one bit of what a node writes; of the first vector if it writes nothing.
   *
   * @param node a node of the request's trace that runs before generation stops
   * @throws IndexOutOfBoundsException if the trace has no such node
   */
  public Lie flippedBit(InferenceRequest request, NodeIndex node, RandomGenerator random) {
    Objects.checkIndex(node.value(), request.traceLength(image.graph().header()));
    int nodesPerToken = image.graph().rows().size();
    GraphRow row = image.graph().rows().get(node.row(nodesPerToken));
    int position = (int) node.position(nodesPerToken);
    List<MemoryExtent> written = new ArrayList<>();
    engine
        .newSession(RawInput.of(request))
        .run(
            position + 1,
            (at, r, address, bytes) -> {
              if (NodeIndex.of(at, r, nodesPerToken).equals(node)) {
                written.add(MemoryExtent.of(address, new byte[(int) bytes.byteSize()]));
              }
            });
    if (written.isEmpty()) {
      Span first = image.graph().rows().getFirst().operation().writes().getFirst();
      long address = first.address() + 4L * random.nextInt(first.end());
      return new Lie(node, address, 1 << random.nextInt(32));
    }
    if (row.operation() instanceof Sample) {
      int index = position - request.firstSampledPosition();
      int ids = Integer.highestOneBit(image.graph().header().vocabularySize());
      int bits = Math.max(1, Integer.numberOfTrailingZeros(ids));
      return new Lie(node, OutputRegion.addressOf(index), 1 << random.nextInt(bits));
    }
    MemoryExtent slot = written.get(random.nextInt(written.size()));
    long word = random.nextLong(slot.bytes().byteSize() / 4);
    return new Lie(node, slot.base() + 4 * word, 1 << random.nextInt(32));
  }

  /** Ends the engine. */
  @Override
  public void close() {
    engine.close();
  }
}
