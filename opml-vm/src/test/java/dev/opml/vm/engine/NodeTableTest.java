package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Operator;
import dev.opml.vm.testing.TestData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Node tables that the engine must refuse, because it would compute something else than the guest.
 */
class NodeTableTest {
  /** Offset of {@code out} in an encoded row, docs/image.md. */
  private static final int OUT_OFFSET = 64;

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
    // Embedding, first norm, q/k/v, attention: nothing else writes what they write first.
    for (int i = 0; i < 4; i++) {
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
    rows.add(
        new GraphRow(
            sample.operator(),
            false,
            sample.n(),
            0,
            0,
            sample.a(),
            sample.b(),
            sample.c(),
            sample.in(),
            sample.out(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            sample.pairing()));
    assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows));
  }

  @Test
  void check_productThatWritesItsInput_isRefused() {
    for (Operator product :
        List.of(Operator.QKV, Operator.MATMUL_ADD, Operator.GATE_UP, Operator.MATMUL)) {
      List<GraphRow> rows = rows();
      rows.replaceAll(row -> row.operator() == product ? withOut(row, row.in()) : row);
      IllegalArgumentException refusal =
          assertThrows(IllegalArgumentException.class, () -> DataFlow.check(rows));
      assertTrue(refusal.getMessage().contains(product + ", writes"), refusal.getMessage());
    }
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
    GraphRow embed = rows.getFirst();
    rows.set(
        0,
        new GraphRow(
            embed.operator(),
            false,
            embed.n(),
            0,
            0,
            embed.a(),
            embed.b(),
            embed.c(),
            0,
            embed.out() + 128,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            embed.pairing()));
    assertThrows(IllegalArgumentException.class, () -> new Buffers(rows));
  }
}
