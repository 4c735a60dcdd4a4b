package dev.opml.api.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class NodeIndexTest {
  @Test
  void of_positionAndRow_givesThemBack() {
    for (long position : new long[] {0, 1, 12_345, (1L << 40) / 33 - 1}) {
      for (int row : new int[] {0, 1, 32}) {
        NodeIndex node = NodeIndex.of(position, row, 33);
        assertEquals(33 * position + row, node.value());
        assertEquals(position, node.position(33));
        assertEquals(row, node.row(33));
      }
    }
  }

  @Test
  void next_lastRow_isTheNextPosition() {
    assertEquals(NodeIndex.of(7, 0, 33), NodeIndex.of(6, 32, 33).next());
  }

  @Test
  void construct_outOfRange_throws() {
    assertThrows(IllegalArgumentException.class, () -> new NodeIndex(-1));
    assertThrows(IllegalArgumentException.class, () -> NodeIndex.of(1L << 40, 1, 1));
  }
}
