package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceListener;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Operator;
import dev.opml.vm.graph.Project;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
  private static final int CONTEXT = 64;
  private static final int NEW = 6;
  private static final int P = Images.PROMPT.size();
  private static final RawInput INPUT = RawInput.greedy(Images.PROMPT, NEW);

  private static GgufFile file;
  private static GraphRegion graph;
  private static NativeEngine engine;
  private static int nodes;
  private static Session reference;
  private static RecordingSink writes;

  /** Decodes everything position by position: what all else is compared with. */
  @BeforeAll
  static void decode() {
    file = GgufFile.open(TestData.bundledModelQ4());
    graph = Images.graph(file, CONTEXT);
    engine = Images.engine(file, graph, KernelChoice.fastest(), 1, TokenIds.EMPTY);
    nodes = graph.header().nodesPerToken();
    reference = engine.newSession(INPUT);
    writes = new RecordingSink(nodes);
    for (int p = 1; p <= reference.limit(); p++) {
      assertEquals(p, reference.run(p, writes));
    }
  }

  @AfterAll
  static void close() {
    engine.close();
    file.close();
  }

  private static void assertSameAsReference(Session session, RecordingSink sink) {
    assertEquals(reference.output(), session.output());
    assertEquals(Slots.of(reference.memory()), Slots.of(session.memory()));
    assertArrayEquals(reference.logits(), session.logits());
    for (long node = 0; node <= (long) reference.limit() * nodes; node += 7) {
      assertEquals(writes.before(node), sink.before(node), "writes before node " + node);
    }
  }

  @Test
  void run_allPositions_generatesAllTokens() {
    assertEquals(P + NEW - 1, reference.position());
    assertEquals(NEW, reference.output().size());
    assertTrue(reference.finished());
  }

  @Test
  void run_inBatches_equalsDecoding() {
    Session session = engine.newSession(INPUT);
    RecordingSink sink = new RecordingSink(nodes);
    assertEquals(P - 2, session.run(P - 2, sink));
    session.run(Integer.MAX_VALUE, sink);
    assertSameAsReference(session, sink);
  }

  /** A race shows in one run of a hundred, and more often where threads interrupt each other. */
  @Test
  void run_aLongPromptOnMoreThreadsThanProcessors_neverDiffers() {
    TokenIds prompt = TokenIds.of(new Random(1).ints(CONTEXT - 1, 0, 512).toArray());
    RawInput input = RawInput.greedy(prompt, 1);
    Session alone = engine.newSession(input);
    alone.run(alone.limit(), null);
    int threads = Runtime.getRuntime().availableProcessors() + 1;
    try (NativeEngine many =
        Images.engine(file, graph, KernelChoice.fastest(), threads, TokenIds.EMPTY)) {
      for (int run = 0; run < 300; run++) {
        Session session = many.newSession(input);
        session.run(session.limit(), null);
        assertArrayEquals(alone.logits(), session.logits(), "run " + run);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void run_onSeveralThreads_equalsOne(int threads) {
    try (NativeEngine many =
        Images.engine(file, graph, KernelChoice.fastest(), threads, TokenIds.EMPTY)) {
      Session session = many.newSession(INPUT);
      RecordingSink sink = new RecordingSink(nodes);
      session.run(session.limit(), sink);
      assertSameAsReference(session, sink);
    }
  }

  @Test
  void run_onScalarKernels_equalsVectorKernels() {
    try (NativeEngine scalar =
        Images.engine(file, graph, KernelChoice.scalar(), 1, TokenIds.EMPTY)) {
      Session session = scalar.newSession(INPUT);
      RecordingSink sink = new RecordingSink(nodes);
      session.run(session.limit(), sink);
      assertSameAsReference(session, sink);
    }
  }

  @Test
  void run_withoutSink_leavesTheSameMemory() {
    Session session = engine.newSession(INPUT);
    session.run(session.limit(), null);
    assertEquals(Slots.of(reference.memory()), Slots.of(session.memory()));
  }

  @Test
  void run_promptLongerThanABatch_equalsDecoding() {
    GraphRegion longer = Images.graph(file, 3 * Session.MAX_BATCH);
    int[] many = new int[2 * Session.MAX_BATCH + 5];
    for (int i = 0; i < many.length; i++) {
      many[i] = (37 * i + 1) % 1024;
    }
    RawInput input = RawInput.greedy(TokenIds.of(many), 1);
    try (NativeEngine big =
        Images.engine(file, longer, KernelChoice.fastest(), 1, TokenIds.EMPTY)) {
      Session batched = big.newSession(input);
      batched.run(batched.limit(), null);
      Session single = big.newSession(input);
      for (int p = 1; p <= single.limit(); p++) {
        single.run(p, null);
      }
      assertEquals(Slots.of(single.memory()), Slots.of(batched.memory()));
      assertEquals(single.output(), batched.output());
    }
  }

  @Test
  void written_everyNode_coversItsSlotsOnce() {
    for (long node = 0; node < (long) reference.limit() * nodes; node++) {
      boolean identity = graph.rows().get((int) (node % nodes)).sampled() && node / nodes < P - 1;
      Set<Long> distinct = new TreeSet<>(writes.slots(node));
      assertEquals(distinct.size(), writes.slots(node).size(), "node " + node);
      assertEquals(identity, distinct.isEmpty(), "node " + node);
    }
    int sample = nodes - 1;
    assertEquals(Operator.SAMPLE, graph.rows().get(sample).operator());
    assertEquals(1, writes.slots((long) (P - 1) * nodes + sample).size());
  }

  @Test
  void written_rowsThatCutAVectorDifferently_reportPiecesThatAreEqualOrDisjoint() {
    List<GraphRow> rows = new ArrayList<>();
    for (GraphRow row : graph.rows()) {
      if (row.operation() instanceof Project product
          && product.residual() != 0
          && rows.size() < nodes / 2) {
        rows.add(withRange(row, 0, 96));
        rows.add(withRange(row, 96, product.count() - 96));
      } else {
        rows.add(row);
      }
    }
    GraphHeader header =
        new GraphHeader(
            GraphMode.ROW_PER_NODE,
            rows.size(),
            graph.header().vocabularySize(),
            CONTEXT,
            TokenIds.EMPTY);
    TreeMap<Long, Long> pieces = new TreeMap<>();
    Slots written = new Slots();
    try (NativeEngine cut =
        new NativeEngine(header, rows, graph.bytes(), file.bytes(), KernelChoice.fastest(), 1)) {
      Session session = cut.newSession(INPUT);
      session.run(
          session.limit(),
          (position, row, address, bytes) -> {
            written.write(address, bytes);
            Long size = pieces.putIfAbsent(address, bytes.byteSize());
            assertTrue(size == null || size == bytes.byteSize(), "0x" + Long.toHexString(address));
          });
      assertEquals(Slots.of(reference.memory()), Slots.of(session.memory()));
      assertEquals(Slots.of(reference.memory()), written);
    }
    long end = 0;
    for (Map.Entry<Long, Long> piece : pieces.entrySet()) {
      assertTrue(end <= piece.getKey(), "0x" + Long.toHexString(piece.getKey()));
      end = piece.getKey() + piece.getValue();
    }
  }

  private static GraphRow withRange(GraphRow row, int first, int count) {
    ByteBuffer encoded = ByteBuffer.allocate(GraphRow.SIZE);
    row.encode(encoded);
    return GraphRow.decode(
        encoded.order(ByteOrder.LITTLE_ENDIAN).putInt(12, first).putInt(16, count).flip());
  }

  @Test
  void written_outputPastTheFirstLeaf_isTwoSlots() {
    RecordingSink sink = new RecordingSink(nodes);
    Session session = engine.newSession(RawInput.greedy(TokenIds.of(1), 40));
    session.run(session.limit(), sink);
    assertEquals(1, sink.slots(30L * nodes + nodes - 1).size());
    assertEquals(2, sink.slots(31L * nodes + nodes - 1).size());
    assertEquals(Slots.of(session.memory()), sink.before(Long.MAX_VALUE));
  }

  @Test
  void memory_ofAnySession_isWhatItsNodesWrote() {
    assertEquals(writes.before(Long.MAX_VALUE), Slots.of(reference.memory()));
  }

  @Test
  void memoryBefore_everyKindOfNode_isWhatEarlierNodesWrote() {
    int[] positions = {0, 1, P - 2, P - 1, P, P + 2, P + NEW - 2};
    for (int position : positions) {
      for (int row = position % 3; row < nodes; row += 4) {
        assertEquals(
            writes.before((long) position * nodes + row),
            Slots.of(reference.memoryBefore(position, row)),
            "position " + position + ", row " + row);
      }
    }
    assertEquals(Slots.of(reference.memory()), Slots.of(reference.memoryBefore(1000, 5)));
  }

  @Test
  void memoryBefore_aPositionNotReached_isRefused() {
    Session session = engine.newSession(INPUT);
    session.run(2, null);
    assertEquals(writes.before(2L * nodes + 3), Slots.of(session.memoryBefore(2, 3)));
    assertThrows(IllegalArgumentException.class, () -> session.memoryBefore(3, 0));
    assertThrows(IllegalArgumentException.class, () -> session.memoryBefore(0, nodes));
  }

  @Test
  void verify_theRightTokens_equalsDecoding() {
    Session session = engine.newSession(INPUT);
    RecordingSink sink = new RecordingSink(nodes);
    assertEquals(NEW, session.verify(reference.output(), sink));
    assertSameAsReference(session, sink);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, NEW - 1})
  void verify_aWrongToken_endsWithTheRightOne(int wrong) {
    Session session = engine.newSession(INPUT);
    RecordingSink sink = new RecordingSink(nodes);
    int right = reference.output().get(wrong);
    TokenIds claimed = reference.output().with(wrong, right == 9 ? 8 : 9);
    assertEquals(wrong, session.verify(claimed, sink));
    assertEquals(P + wrong, session.position());
    assertEquals(reference.output().slice(0, wrong + 1), session.output());
    assertEquals(writes.before((long) (P + wrong) * nodes), Slots.of(session.memory()));
    assertEquals(
        writes.before((long) (P + wrong) * nodes), sink.before((long) (P + wrong) * nodes));
    session.run(session.limit(), null);
    assertEquals(Slots.of(reference.memory()), Slots.of(session.memory()));
  }

  @Test
  void score_anyText_hearsTheLogitsAfterEveryPrefix() {
    int[] words = new int[Session.MAX_BATCH + 9];
    for (int i = 0; i < words.length; i++) {
      words[i] = (37 * i + 1) % 1024;
    }
    TokenIds whole = TokenIds.of(words);
    GraphRegion longer = Images.graph(file, words.length);
    List<Integer> heard = new ArrayList<>();
    try (NativeEngine big =
        Images.engine(file, longer, KernelChoice.fastest(), 1, TokenIds.EMPTY)) {
      Session session = big.newSession(RawInput.greedy(whole.slice(0, 3), words.length - 3));
      session.score(
          whole.slice(3, words.length),
          new InferenceListener() {
            @Override
            public void onLogits(int position, FloatBuffer logits) {
              heard.add(position);
              float[] scored = new float[logits.remaining()];
              logits.get(scored);
              if (position % 20 < 2) {
                Session prefix = big.newSession(RawInput.greedy(whole.slice(0, position + 1), 1));
                prefix.run(prefix.limit(), null);
                assertArrayEquals(prefix.logits(), scored, "position " + position);
              }
            }
          });
      assertEquals(IntStream.range(2, words.length - 1).boxed().toList(), heard);
      assertEquals(whole.slice(3, words.length), session.output());
      assertTrue(session.finished());
    }
  }

  @Test
  void verify_againstGeneratedTokens_isRefusedWhereTheyDiffer() {
    Session session = engine.newSession(INPUT);
    session.run(P + 1, null);
    TokenIds claimed = reference.output().with(0, reference.output().get(0) ^ 1);
    assertThrows(IllegalArgumentException.class, () -> session.verify(claimed, null));
    assertEquals(NEW, session.verify(reference.output(), null));
  }

  @Test
  void run_afterAStopToken_isTheIdentity() {
    TokenIds stops = TokenIds.of(reference.output().get(2));
    int firstStop = 0;
    while (reference.output().get(firstStop) != stops.get(0)) {
      firstStop++;
    }
    try (NativeEngine stopping = Images.engine(file, graph, KernelChoice.fastest(), 1, stops)) {
      RawInput input =
          new RawInput(Images.region(P, NEW, 1, 0, 0, 1, 0, 0, Images.PROMPT.toArray()));
      Session session = stopping.newSession(input);
      session.run(session.limit(), null);
      assertTrue(session.finished());
      assertEquals(P + firstStop, session.position());
      assertEquals(writes.before((long) session.position() * nodes), Slots.of(session.memory()));
      assertEquals(Slots.of(session.memory()), Slots.of(session.memoryBefore(session.limit(), 0)));
      Session verifying = stopping.newSession(input);
      assertEquals(firstStop + 1, verifying.verify(session.output(), null));
      assertEquals(Slots.of(session.memory()), Slots.of(verifying.memory()));
      Session overclaimed = stopping.newSession(input);
      assertEquals(firstStop + 1, overclaimed.verify(reference.output(), null));
      assertEquals(Slots.of(session.memory()), Slots.of(overclaimed.memory()));
      Session ignoring = stopping.newSession(INPUT);
      ignoring.run(ignoring.limit(), null);
      assertEquals(reference.output(), ignoring.output());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, CONTEXT + 1, -1, Integer.MIN_VALUE})
  void run_promptLengthOutOfRange_isTheIdentity(int promptLength) {
    Session session =
        engine.newSession(new RawInput(Images.region(promptLength, 5, 0, 0, 0, 1, 0, 0, 1, 2, 3)));
    assertEquals(0, session.limit());
    assertTrue(session.finished());
    assertEquals(0, session.run(10, (p, row, address, bytes) -> assertFalse(true)));
    assertEquals(0, session.verify(TokenIds.of(4), null));
    assertEquals(Set.of(), Slots.of(session.memory()).nonZero().keySet());
    assertEquals(Set.of(), Slots.of(session.memoryBefore(3, 2)).nonZero().keySet());
  }

  @Test
  void limit_manyNewTokens_endsAtTheContextLimit() {
    int[] prompt = Images.PROMPT.toArray();
    assertEquals(
        CONTEXT,
        engine.newSession(new RawInput(Images.region(P, -1, 0, 0, 0, 1, 0, 0, prompt))).limit());
    assertEquals(
        P - 1,
        engine.newSession(new RawInput(Images.region(P, 0, 0, 0, 0, 1, 0, 0, prompt))).limit());
  }

  @Test
  void run_idsOutsideTheVocabulary_readAsZero() {
    Slots zero = afterPrompt(1, 0, 412);
    assertEquals(zero, afterPrompt(1, 1024, 412));
    assertEquals(zero, afterPrompt(1, -1, 412));
    assertNotEquals(zero, afterPrompt(1, 1023, 412));
  }

  private static Slots afterPrompt(int... ids) {
    Session session =
        engine.newSession(new RawInput(Images.region(ids.length, 1, 0, 0, 0, 1, 0, 0, ids)));
    session.run(session.limit(), null);
    return Slots.of(session.memory());
  }

  @Test
  void mostSlots_longVectors_boundsWhatABatchTakes() {
    assertEquals(Session.MAX_BATCH, Session.mostSlots(256 * 1024));
    assertEquals(5, Session.mostSlots(6_000_000));
    assertEquals(1, Session.mostSlots(Integer.MAX_VALUE));
  }

  @Test
  void run_engineClosed_isRefusedBecauseItsWeightsAreGone() {
    NativeEngine closed = Images.engine(file, KernelChoice.fastest(), 1);
    Session session = closed.newSession(RawInput.greedy(Images.PROMPT, 1));
    closed.close();
    assertThrows(IllegalStateException.class, () -> session.run(1, null));
    closed.close();
  }
}
