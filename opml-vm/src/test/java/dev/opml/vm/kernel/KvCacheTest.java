package dev.opml.vm.kernel;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.OpmlException;
import org.junit.jupiter.api.Test;

class KvCacheTest {
  @Test
  void cache_largerThanMemory_namesItsSizeAndTheFlag() {
    KvLayout layout = new KvLayout(1 << 12, 1 << 12, 1 << 26, 1 << 25);
    OpmlException refused = assertThrows(OpmlException.class, () -> new KvCache(layout, 1 << 30));
    assertTrue(refused.getMessage().contains("72057594037927936 bytes"), refused.getMessage());
    assertTrue(refused.getMessage().contains("MaxDirectMemorySize"), refused.getMessage());
  }
}
