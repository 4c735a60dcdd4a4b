package dev.opml.vm.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.vm.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GraphRowTest {
  private static final Weight Q4 = new Weight(GgmlType.Q4_0, 101);
  private static final Weight Q6 = new Weight(GgmlType.Q6_K, 102);

  /** A row of every operator, all numbers different. */
  private static List<GraphRow> rows() {
    return List.of(
        new GraphRow(new Embed(1, Q4, 2.5f, 3), false),
        new GraphRow(new Norm(1, 2, 3.5f, 4, 5, 6), true),
        new GraphRow(
            new Heads(
                1, 2, 3, 4, Q4, 5, 6, 7.5f, new Rotary(8, 10, RopePairing.HALVES), 11, 12, 13),
            false),
        new GraphRow(new Attention(1, 2, 3, 4, 5, 6, 7.5f, 8.5f, 9, 10, 11, 12, 13), false),
        new GraphRow(
            new Project(1, 2, 3, Q4, 4, Activation.RELU, Q6, 5, 6.5f, 7.5f, 8, 9, 10), true),
        new GraphRow(new Sample(1, 2), true),
        new GraphRow(new Bytes(1, 2.5f, 3), false));
  }

  @Test
  void rows_haveEveryOperatorOnce() {
    Set<Operator> operators = new HashSet<>();
    rows().forEach(row -> operators.add(row.operator()));
    assertEquals(Set.of(Operator.values()), operators);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void decode_encodedRow_isEqual(GraphRow row) {
    ByteBuffer table = ByteBuffer.allocate(3 * GraphRow.SIZE);
    table.position(GraphRow.SIZE);
    row.encode(table);
    assertEquals(2 * GraphRow.SIZE, table.position());
    table.position(GraphRow.SIZE);
    assertEquals(row, GraphRow.decode(table));
    assertEquals(2 * GraphRow.SIZE, table.position());
  }

  private static ByteBuffer encoded(int row) {
    ByteBuffer bytes = ByteBuffer.allocate(GraphRow.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    rows().get(row).encode(bytes);
    return bytes;
  }

  @Test
  void encode_fields_lieWhereTheFormatSays() {
    ByteBuffer heads = encoded(2);
    assertEquals(List.of(3, 0, 1, 2, 3, 4, 10, 1, 0, 13), ints(heads, 0, 10));
    assertEquals(2, heads.getInt(48));
    assertEquals(7.5f, heads.getFloat(56));
    assertEquals(List.of(101L, 0L, 5L, 0L, 6L, 8L, 11L, 12L, 0L, 0L, 0L), longs(heads));
    ByteBuffer attention = encoded(3);
    assertEquals(List.of(4, 0, 1, 2, 3, 4, 0, 0, 5, 13, 6, 0), ints(attention, 0, 12));
    assertEquals(List.of(7.5f, 8.5f), List.of(attention.getFloat(60), attention.getFloat(64)));
    assertEquals(List.of(0L, 0L, 0L, 0L, 0L, 0L, 9L, 10L, 0L, 11L, 12L), longs(attention));
    ByteBuffer project = encoded(4);
    assertEquals(List.of(5, 1, 1, 2, 3), ints(project, 0, 5));
    assertEquals(List.of(3, 2, 14), ints(project, 44, 3));
    assertEquals(List.of(101L, 102L, 4L, 5L, 0L, 0L, 8L, 9L, 10L, 0L, 0L), longs(project));
  }

  private static List<Integer> ints(ByteBuffer row, int offset, int count) {
    return IntStream.range(0, count).mapToObj(i -> row.getInt(offset + 4 * i)).toList();
  }

  /** The addresses, which end the fields; what follows them is zero. */
  private static List<Long> longs(ByteBuffer row) {
    for (int at = 160; at < GraphRow.SIZE; at += 8) {
      assertEquals(0, row.getLong(at));
    }
    return IntStream.range(0, 11).mapToObj(i -> row.getLong(72 + 8 * i)).toList();
  }

  @Test
  void decode_unknownCodes_areRefused() {
    ByteBuffer operator = encoded(4).putInt(0, 99);
    assertThrows(IllegalArgumentException.class, () -> GraphRow.decode(operator.rewind()));
    ByteBuffer activation = encoded(4).putInt(44, 4);
    assertThrows(IllegalArgumentException.class, () -> GraphRow.decode(activation.rewind()));
    ByteBuffer type = encoded(4).putInt(48, 5);
    assertThrows(IllegalArgumentException.class, () -> GraphRow.decode(type.rewind()));
  }
}
