package dev.opml.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.api.Bytes32;
import org.junit.jupiter.api.Test;

class ZeroSubtreesTest {
  @Test
  void root_everyHeight_isTheHashOfTheTwoBelow() {
    Bytes32 expected = Bytes32.of(Naive.keccak(new byte[128]));
    for (int height = 0; height <= 40; height++) {
      assertEquals(expected, ZeroSubtrees.root(height), "height " + height);
      assertEquals(expected, MerkleTree.zero(height).root(), "height " + height);
      expected = Bytes32.of(Naive.keccak(expected.toByteArray(), expected.toByteArray()));
    }
  }

  @Test
  void root_otherHeights_refuse() {
    assertThrows(IllegalArgumentException.class, () -> ZeroSubtrees.root(-1));
    assertThrows(IllegalArgumentException.class, () -> ZeroSubtrees.root(41));
  }
}
