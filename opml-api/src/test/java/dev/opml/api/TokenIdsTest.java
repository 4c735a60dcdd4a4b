package dev.opml.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenIdsTest {
  @Test
  void encode_ids_arePackedLittleEndian() {
    assertArrayEquals(
        new byte[] {1, 0, 0, 0, 4, 3, 2, 1, -1, -1, -1, 127},
        TokenIds.of(1, 0x01020304, Integer.MAX_VALUE).encode());
  }

  @Test
  void decode_whatWasEncoded_isTheSame() {
    Random random = new Random(5);
    for (int size = 0; size < 40; size++) {
      TokenIds ids = TokenIds.of(random.ints(size, 0, Integer.MAX_VALUE).toArray());
      assertEquals(ids, TokenIds.decode(ids.encode()), "seed 5, " + size + " ids");
    }
  }

  @Test
  void decode_otherBytes_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> TokenIds.decode(new byte[5]));
    assertThrows(IllegalArgumentException.class, () -> TokenIds.decode(new byte[] {0, 0, 0, -1}));
  }
}
