package dev.opml.vm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.vm.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class GraphRowTest {
  private static final GraphRow ROW =
      GraphRow.of(Operator.QKV)
          .sampled(true)
          .vector(1, 2, 3)
          .range(4, 5)
          .kvRange(6, 7)
          .weights(
              new Weight(GgmlType.Q4_0, 8),
              new Weight(GgmlType.Q8_0, 9),
              new Weight(GgmlType.Q6_K, 10))
          .aux(11)
          .rope(12, 14)
          .heads(15, 16, 17, 18)
          .constant(19.5f)
          .build();

  @Test
  void decode_encodedRow_isEqual() {
    ByteBuffer table = ByteBuffer.allocate(3 * GraphRow.SIZE);
    table.position(GraphRow.SIZE);
    ROW.encode(table);
    assertEquals(2 * GraphRow.SIZE, table.position());
    table.position(GraphRow.SIZE);
    assertEquals(ROW, GraphRow.decode(table));
  }

  @Test
  void encode_fields_lieWhereTheFormatSays() {
    ByteBuffer leaf = ByteBuffer.allocate(GraphRow.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    ROW.encode(leaf);
    assertEquals(3, leaf.getInt(0));
    assertEquals(1, leaf.getInt(4));
    assertEquals(14, leaf.getInt(28));
    assertEquals(10, leaf.getLong(48));
    assertEquals(12, leaf.getLong(80));
    assertEquals(17, leaf.getInt(104));
    assertEquals(16, leaf.getInt(112));
    assertEquals(19.5f, leaf.getFloat(116));
  }

  @Test
  void decode_unknownOperator_isRefused() {
    ByteBuffer leaf = ByteBuffer.allocate(GraphRow.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    leaf.putInt(0, 99);
    assertThrows(IllegalArgumentException.class, () -> GraphRow.decode(leaf));
  }
}
