package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.vm.graph.Span;
import dev.opml.vm.kernel.Kernels;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.kernel.scalar.ScalarKernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Native engine and guest on node tables that no model has, which use every operator with any of
 * its parts. {@code -Dopml.randomGraphs} says how many, {@code -Dopml.randomGraphsFrom} the first
 * seed.
 */
class RandomGraphTest {
  private static final long FIRST_SEED = Long.getLong("opml.randomGraphsFrom", 20_261_130);
  private static final int GRAPHS = Integer.getInteger("opml.randomGraphs", 16);

  private static final List<Kernels> KERNELS =
      List.of(KernelChoice.fastest(), KernelChoice.scalar(), ScalarKernels.INSTANCE);

  @Test
  void run_anyRows_leavesWhatTheGuestLeaves() {
    long nodes = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + GRAPHS; seed++) {
      try {
        nodes += compare(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.printf("%d graphs, %d nodes, %s%n", GRAPHS, nodes, KernelChoice.fastest().name());
  }

  private static long compare(long seed) {
    RandomGraph graph = RandomGraph.of(seed);
    Random random = new Random(~seed);
    int context = graph.header().contextLimit();
    int promptLength = 1 + random.nextInt(random.nextInt(3) == 0 ? context : Math.min(context, 6));
    RawInput input = input(random, promptLength, graph.header().vocabularySize());
    GuestTrace guest = new GuestTrace(graph, input, input.positions(context), null);
    GuestComparison comparison = new GuestComparison(graph, guest, promptLength);
    for (Kernels kernels : KERNELS) {
      int threads = 1 + random.nextInt(2);
      String what = kernels.name() + ", " + threads + " threads";
      try (NativeEngine engine = graph.engine(kernels, threads)) {
        RecordingSink sink = new RecordingSink(graph.rows().size());
        Session session = engine.newSession(input);
        session.run(session.limit(), sink);
        comparison.compareMemory(sink, what);
        comparison.checkWriteSets(sink, session.position(), what);
        assertEquals(guest.before(guest.nodes()), Slots.of(session.memory()), what);
        stepByStep(random, engine, input, guest, comparison, what);
        memoryBefore(random, session, graph, guest, what);
        if (engine.samples() && session.output().size() > 0) {
          verify(random, engine, input, session, comparison, what);
        }
      }
    }
    if (random.nextInt(3) == 0) {
      flip(random, graph, input, promptLength);
    }
    return guest.nodes();
  }

  private static void stepByStep(
      Random random,
      NativeEngine engine,
      RawInput input,
      GuestTrace guest,
      GuestComparison comparison,
      String what) {
    RecordingSink sink = new RecordingSink(engine.rows().size());
    Session session = engine.newSession(input);
    while (!session.finished()) {
      if (random.nextInt(4) == 0) {
        memoryBefore(session, session.position(), random.nextInt(guest.rows()), guest, what);
      }
      session.run(session.position() + 1, sink);
    }
    comparison.compareMemory(sink, what + ", step by step");
  }

  private static void memoryBefore(
      Random random, Session session, RandomGraph graph, GuestTrace guest, String what) {
    for (int i = 0; i < 3; i++) {
      int node = random.nextInt(guest.nodes());
      int rows = graph.rows().size();
      memoryBefore(session, node / rows, node % rows, guest, what);
    }
  }

  private static void memoryBefore(
      Session session, int position, int row, GuestTrace guest, String what) {
    assertEquals(
        guest.before(position * guest.rows() + row),
        Slots.of(session.memoryBefore(position, row)),
        what + ", memory before position " + position + ", row " + row);
  }

  /** Verifies part of the output, perhaps with a wrong token at its end, then all of it. */
  private static void verify(
      Random random,
      NativeEngine engine,
      RawInput input,
      Session session,
      GuestComparison comparison,
      String what) {
    TokenIds output = session.output();
    int[] claim = output.slice(0, 1 + random.nextInt(output.size())).toArray();
    claim[claim.length - 1] ^= random.nextInt(2);
    RecordingSink sink = new RecordingSink(engine.rows().size());
    Session verifying = engine.newSession(input);
    verifying.verify(TokenIds.of(claim), null);
    verifying.verify(output, null);
    assertEquals(output, verifying.output(), what + ", verified");
    assertEquals(
        Slots.of(session.memory()), Slots.of(verifying.memory()), what + ", verified memory");
    Session observed = engine.newSession(input);
    observed.verify(output, sink);
    observed.run(observed.limit(), sink);
    comparison.compareMemory(sink, what + ", verified");
  }

  private static void flip(Random random, RandomGraph graph, RawInput input, int promptLength) {
    int rows = graph.rows().size();
    try (NativeEngine engine = graph.engine(KernelChoice.fastest(), 1)) {
      Session honest = engine.newSession(input);
      RecordingSink sink = new RecordingSink(rows);
      honest.run(honest.limit(), sink);
      int node = random.nextInt(honest.position() * rows);
      List<Long> slots = sink.slots(node);
      if (slots.isEmpty() || graph.rows().get(node % rows).operation().writes().isEmpty()) {
        return;
      }
      long slot = slots.get(random.nextInt(slots.size()));
      int[] masks = {1 << random.nextInt(32), 0x7f800000, random.nextInt() | 1};
      Flip flip = new Flip(node, slot + 4 * random.nextInt(32), masks[random.nextInt(3)]);
      compare(random, graph, engine, input, promptLength, flip);
    }
  }

  @Test
  void run_flippedPadding_lastsUntilTheGuestZeroesIt() {
    RawInput input = new RawInput(Images.region(2, 1, 0, 0, 0, 1, 0, 0, 0, 0));
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 5; seed++) {
      RandomGraph graph = RandomGraph.of(seed);
      try (NativeEngine engine = graph.engine(KernelChoice.fastest(), 1)) {
        for (int row = 0; row < graph.rows().size(); row++) {
          flipPadding(new Random(seed), graph, engine, input, row);
        }
      }
    }
  }

  private static void flipPadding(
      Random random, RandomGraph graph, NativeEngine engine, RawInput input, int row) {
    for (Span span : graph.rows().get(row).operation().writes()) {
      int padded = Buffer.padded(span.end());
      if (!span.cached() && padded != span.end()) {
        Flip flip = new Flip(row, span.address() + 4L * (padded - 1), 1);
        compare(random, graph, engine, input, 2, flip);
      }
    }
  }

  private static void compare(
      Random random,
      RandomGraph graph,
      NativeEngine engine,
      RawInput input,
      int promptLength,
      Flip flip) {
    Session session = engine.newSession(input, flip.hook(graph.rows().size()));
    RecordingSink sink = new RecordingSink(graph.rows().size());
    session.run(session.limit(), sink);
    GuestTrace guest = new GuestTrace(graph, input, session.limit(), flip);
    new GuestComparison(graph, guest, promptLength).compareMemory(sink, flip.toString());
    assertEquals(guest.before(guest.nodes()), Slots.of(session.memory()), flip.toString());
    memoryBefore(random, session, graph, guest, flip.toString());
  }

  private static RawInput input(RandomGenerator random, int promptLength, int vocabulary) {
    int[] prompt = new int[promptLength];
    for (int i = 0; i < promptLength; i++) {
      prompt[i] = random.nextInt(vocabulary + 1); // which is none, and reads as 0
    }
    MemorySegment region =
        Images.region(
            promptLength,
            (promptLength == 1 ? 1 : 0) + random.nextInt(5),
            random.nextInt(2),
            random.nextInt(3) * 0.7f,
            random.nextInt(20),
            random.nextBoolean() ? 1 : 0.8f,
            random.nextBoolean() ? 0 : 0.05f,
            random.nextLong(),
            prompt);
    return new RawInput(region);
  }
}
