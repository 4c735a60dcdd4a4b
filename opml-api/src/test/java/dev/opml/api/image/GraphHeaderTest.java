package dev.opml.api.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.LimitExceededException;
import dev.opml.api.TokenIds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class GraphHeaderTest {
  private static final GraphHeader HEADER =
      new GraphHeader(GraphMode.ROW_PER_NODE, 32, 1024, 512, TokenIds.of(2, 7));

  @Test
  void decode_encodedHeader_isEqual() {
    assertEquals(HEADER, GraphHeader.decode(HEADER.encode()));
  }

  @Test
  void decode_headerOfANetworkOnBytes_isEqual() {
    GraphHeader header =
        new GraphHeader(
            2, GraphMode.SINGLE_PHASE, 4, 10, 2, GraphHeader.MAX_INPUT_BYTES, TokenIds.EMPTY);
    assertEquals(header, GraphHeader.decode(header.encode()));
    assertThrows(
        LimitExceededException.class,
        () ->
            new GraphHeader(
                2,
                GraphMode.SINGLE_PHASE,
                4,
                10,
                2,
                GraphHeader.MAX_INPUT_BYTES + 1,
                TokenIds.EMPTY));
  }

  @Test
  void decode_inputBytesOutOfRange_isNoHeader() {
    for (int bytes : new int[] {-1, GraphHeader.MAX_INPUT_BYTES + 1, Integer.MIN_VALUE}) {
      byte[] leaf = HEADER.encode();
      ByteBuffer.wrap(leaf).order(ByteOrder.LITTLE_ENDIAN).putInt(28, bytes);
      assertThrows(IllegalArgumentException.class, () -> GraphHeader.decode(leaf));
    }
  }

  @Test
  void decode_anyByteChanged_isRefusedOrAnotherHeader() {
    byte[] leaf = HEADER.encode();
    for (int i = 0; i < leaf.length; i++) {
      byte[] changed = leaf.clone();
      changed[i] ^= (byte) 0x80;
      try {
        GraphHeader other = GraphHeader.decode(changed);
        org.junit.jupiter.api.Assertions.assertArrayEquals(changed, other.encode());
      } catch (IllegalArgumentException e) {
        // Refused: fine.
      }
    }
  }

  @Test
  void traceLength_aboveLimit_isRefused() {
    GraphHeader wide =
        new GraphHeader(GraphMode.ROW_PER_NODE, 1 << 30, 4, Integer.MAX_VALUE, TokenIds.EMPTY);
    assertThrows(LimitExceededException.class, () -> wide.traceLength(1 << 12, 1 << 12));
  }

  @Test
  void traceLength_singlePhase_isOne() {
    GraphHeader single = new GraphHeader(GraphMode.SINGLE_PHASE, 32, 4, 64, TokenIds.EMPTY);
    assertEquals(1, single.traceLength(10, 20));
  }
}
