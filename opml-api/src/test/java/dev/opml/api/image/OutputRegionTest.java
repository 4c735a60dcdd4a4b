package dev.opml.api.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.inference.InferenceRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutputRegionTest {
  @Test
  void addressOf_anyToken_isWhereItIsEncoded() {
    TokenIds tokens = TokenIds.of(IntStream.range(0, 100).map(g -> 7 * g + 1).toArray());
    ByteBuffer encoded =
        ByteBuffer.wrap(InferenceRequest.encodeOutput(tokens)).order(ByteOrder.LITTLE_ENDIAN);
    for (int g = 0; g < tokens.size(); g++) {
      int offset = (int) (OutputRegion.addressOf(g) - MemoryRegion.OUTPUT.base());
      assertEquals(tokens.get(g), encoded.getInt(offset));
      assertEquals(offset / MemoryRegion.LEAF_SIZE, OutputRegion.leafOf(g));
    }
  }
}
