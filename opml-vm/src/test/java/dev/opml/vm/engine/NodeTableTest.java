package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.Embed;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Heads;
import dev.opml.vm.graph.MatrixOperation;
import dev.opml.vm.graph.Operator;
import dev.opml.vm.graph.Project;
import dev.opml.vm.graph.Span;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Node tables that the engine must refuse, because it would compute something else than the guest.
 */
class NodeTableTest {
  /** Offset of {@code out} in an encoded row, docs/image.md. */
  private static final int OUT_OFFSET = 128;

  private static List<GraphRow> rows() {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4())) {
      return new ArrayList<>(Images.graph(file, 64).rows());
    }
  }

  @Test
  void check_bundledModel_passes() {
    DataFlow.check(rows());
    assertTrue(new Buffers(rows()).all().size() >= 6);
  }

  @Test
  void check_withoutTheRowThatWritesAVector_isRefused() {
    // Embedding, norm, queries, keys, values, attention: nothing else writes what they write first.
    for (int i = 0; i < 6; i++) {
      List<GraphRow> rows = rows();
      rows.remove(i);
      assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows), "row " + i);
    }
  }

  @Test
  void check_attentionBeforeItsKeys_isRefused() {
    List<GraphRow> rows = rows();
    int attention = 0;
    while (rows.get(attention).operator() != Operator.ATTENTION) {
      attention++;
    }
    rows.add(attention - 1, rows.remove(attention));
    assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows));
  }

  @Test
  void check_logitsReadByARowThatIsNotSampled_isRefused() {
    List<GraphRow> rows = rows();
    GraphRow sample = rows.removeLast();
    rows.add(new GraphRow(sample.operation(), false));
    assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows));
  }

  @Test
  void check_productThatWritesItsInput_isRefused() {
    List<GraphRow> all = rows();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).operation() instanceof MatrixOperation product
          && product.writes().stream().noneMatch(Span::cached)) {
        List<GraphRow> rows = rows();
        rows.set(i, withOut(rows.get(i), product.in()));
        IllegalArgumentException refusal =
            assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows), "row " + i);
        assertTrue(refusal.getMessage().contains(", writes"), refusal.getMessage());
      }
    }
  }

  @Test
  void together_bundledModel_joinsQueriesKeysAndValues() {
    List<GraphRow> rows = rows();
    for (int i = 0; i < rows.size(); i++) {
      int left = rows.get(i).operation() instanceof MatrixOperation ? 1 : 0;
      if (rows.get(i).operation() instanceof Heads heads) {
        left = !heads.cached() ? 3 : rows.get(i + 1).operation() instanceof Heads ? 2 : 1;
      }
      assertEquals(left, IndependentProducts.from(rows, i).size(), "row " + i);
    }
  }

  @Test
  void together_rowsThatReadOrWriteWhatAnotherWrites_areNotJoined() {
    List<GraphRow> rows = rows();
    int added = 0;
    while (!(rows.get(added).operation() instanceof Project)) {
      added++;
    }
    GraphRow whole = rows.get(added);
    GraphRow half = withRange(whole, 0, 64);
    GraphRow rest = withRange(whole, 64, 96);
    GraphRow inBoth = withRange(whole, 32, 64);
    assertEquals(2, IndependentProducts.from(List.of(half, rest), 0).size());
    assertEquals(1, IndependentProducts.from(List.of(half, inBoth), 0).size());
    assertEquals(1, IndependentProducts.from(List.of(half, half), 0).size());
    assertEquals(
        1, IndependentProducts.from(List.of(half, new GraphRow(rest.operation(), true)), 0).size());
    assertEquals(1, IndependentProducts.from(List.of(half, withOut(rest, 1 << 20)), 1).size());
  }

  @Test
  void check_keysWrittenAgainAfterAttention_isRefused() {
    // In a batch, attention at a position would read the first keys of the positions before it.
    List<GraphRow> rows = rows();
    int keys = firstCached(rows);
    rows.add(rows.size() - 1, rows.get(keys));
    assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows));
  }

  private static int firstCached(List<GraphRow> rows) {
    int row = 0;
    while (!(rows.get(row).operation() instanceof Heads heads && heads.cached())) {
      row++;
    }
    return row;
  }

  private static int first(List<GraphRow> rows, Operator operator) {
    int row = 0;
    while (rows.get(row).operator() != operator) {
      row++;
    }
    return row;
  }

  /** Operator, offset of a 32-bit field in the row, and a value that it must not have. */
  @ParameterizedTest
  @CsvSource({
    "EMBED, 8, 0",
    "EMBED, 8, 65",
    "EMBED, 8, -64",
    "NORM, 8, 0",
    "HEADS, 8, 0",
    "HEADS, 8, 0x7fffffff",
    "HEADS, 12, -1",
    "HEADS, 12, 0x40000000",
    "HEADS, 16, 0",
    "HEADS, 16, -1",
    "HEADS, 20, 0",
    "HEADS, 20, 0x10000000",
    "HEADS, 24, 3",
    "HEADS, 24, 64",
    "HEADS, 24, -2",
    "HEADS, 36, -256",
    "ATTENTION, 16, 0",
    "ATTENTION, 20, 0",
    "ATTENTION, 32, 0",
    "ATTENTION, 32, -1",
    "ATTENTION, 36, 0",
    "ATTENTION, 36, 64",
    "ATTENTION, 36, 264",
    "ATTENTION, 40, -1",
    "PROJECT, 8, 0",
    "PROJECT, 12, 1",
    "PROJECT, 12, -32",
    "PROJECT, 16, 33",
    "PROJECT, 16, 0",
    "PROJECT, 72, 4",
    "SAMPLE, 4, 0",
    "SAMPLE, 8, 511",
  })
  void engine_aNumberThatTheGuestTakesOtherwise_isRefused(
      Operator operator, int offset, String value) {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4())) {
      GraphRegion graph = Images.graph(file, 64);
      List<GraphRow> rows = new ArrayList<>(graph.rows());
      int row = first(rows, operator);
      rows.set(row, with(rows.get(row), offset, Integer.decode(value)));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new NativeEngine(
                  graph.header(), rows, graph.bytes(), file.bytes(), KernelChoice.scalar(), 1));
    }
  }

  @Test
  void engine_oneMatrixWithRowsOfTwoLengths_isRefused() {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4())) {
      GraphRegion graph = Images.graph(file, 64);
      List<GraphRow> rows = new ArrayList<>(graph.rows());
      int row = first(rows, Operator.PROJECT);
      rows.add(row + 1, with(rows.get(row), 8, 32));
      GraphHeader header =
          new GraphHeader(
              GraphMode.ROW_PER_NODE,
              rows.size(),
              graph.header().vocabularySize(),
              64,
              TokenIds.EMPTY);
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new NativeEngine(
                      header, rows, graph.bytes(), file.bytes(), KernelChoice.scalar(), 1));
      assertTrue(refusal.getMessage().contains("one matrix"), refusal.getMessage());
    }
  }

  private static GraphRow with(GraphRow row, int offset, int value) {
    ByteBuffer encoded = ByteBuffer.allocate(GraphRow.SIZE);
    row.encode(encoded);
    return GraphRow.decode(encoded.order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value).flip());
  }

  @Test
  void ranges_cachesThatOverlapOrLeaveState_areRefused() {
    List<GraphRow> rows = rows();
    Buffers buffers = new Buffers(rows);
    Caches caches = new Caches(rows);
    StateRanges.check(buffers, caches, 64);
    long far = Long.MAX_VALUE & -MemoryRegion.LEAF_SIZE;
    List<GraphRow> away = new ArrayList<>(rows);
    away.add(withOut(away.getFirst(), far));
    assertThrows(
        IllegalArgumentException.class, () -> StateRanges.check(new Buffers(away), caches, 64));
    // The second layer's rows begin where the first's end.
    assertThrows(IllegalArgumentException.class, () -> StateRanges.check(buffers, caches, 1 << 12));
    List<GraphRow> one = rows.subList(0, 6);
    StateRanges.check(new Buffers(one), new Caches(one), 1 << 12);
    assertThrows(
        IllegalArgumentException.class,
        () -> StateRanges.check(new Buffers(one), new Caches(one), Integer.MAX_VALUE));
  }

  @Test
  void buffers_aSliceThatEndsInsideASlot_isRefused() {
    List<GraphRow> rows = rows();
    int project = first(rows, Operator.PROJECT);
    rows.add(project + 1, withRange(rows.get(project), 0, 40));
    assertThrows(IllegalArgumentException.class, () -> new Buffers(rows));
    rows.set(project + 1, withRange(rows.get(project), 0, 32));
    assertTrue(new Buffers(rows).all().size() >= 6);
  }

  private static GraphRow withRange(GraphRow row, int first, int count) {
    ByteBuffer encoded = ByteBuffer.allocate(GraphRow.SIZE);
    row.encode(encoded);
    return GraphRow.decode(
        encoded.order(ByteOrder.LITTLE_ENDIAN).putInt(12, first).putInt(16, count).flip());
  }

  private static GraphRow withOut(GraphRow row, long address) {
    ByteBuffer encoded = ByteBuffer.allocate(GraphRow.SIZE);
    row.encode(encoded);
    return GraphRow.decode(
        encoded.order(ByteOrder.LITTLE_ENDIAN).putLong(OUT_OFFSET, address).flip());
  }

  @Test
  void buffers_overlapping_areRefused() {
    List<GraphRow> rows = rows();
    Embed embed = (Embed) rows.getFirst().operation();
    rows.set(0, withOut(rows.getFirst(), embed.out() + 128));
    assertThrows(IllegalArgumentException.class, () -> new Buffers(rows));
  }

  @Test
  void caches_headsThatDoNotFitWhatAttentionReads_areRefused() {
    List<GraphRow> all = rows();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).operation() instanceof Heads heads && heads.cached()) {
        List<GraphRow> elsewhere = rows();
        elsewhere.set(i, withOut(elsewhere.get(i), heads.out() + 128));
        assertThrows(IllegalArgumentException.class, () -> new Caches(elsewhere), "row " + i);
        List<GraphRow> tooMany = rows();
        tooMany.set(i, withRange(tooMany.get(i), 0, heads.count() + 1));
        assertThrows(IllegalArgumentException.class, () -> new Caches(tooMany), "row " + i);
      }
    }
  }
}
