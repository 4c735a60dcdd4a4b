package dev.opml.vm.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.machine.GuestProgram;
import dev.opml.vm.testing.TestData;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class ProgramImageTest {
  private static ProgramImage build(GgufFile file, int context, GraphMode mode, int threads) {
    return ProgramImage.build(file, context, mode, threads, done -> {});
  }

  @Test
  void build_twice_hasOneIdentity() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel());
        GgufFile again = GgufFile.open(TestData.bundledModel())) {
      assertEquals(
          build(file, 0, GraphMode.ROW_PER_NODE, 1).description(),
          build(again, 0, GraphMode.ROW_PER_NODE, 2).description());
    }
  }

  @Test
  void build_otherLimitModeOrWeights_hasOtherIdentity() {
    try (GgufFile q8 = GgufFile.open(TestData.bundledModel());
        GgufFile q4 = GgufFile.open(TestData.bundledModelQ4())) {
      var id = build(q8, 512, GraphMode.ROW_PER_NODE, 1).description().modelId();
      assertNotEquals(id, build(q8, 513, GraphMode.ROW_PER_NODE, 1).description().modelId());
      var small = build(q8, 8, GraphMode.ROW_PER_NODE, 1).description().modelId();
      assertNotEquals(small, build(q8, 8, GraphMode.SINGLE_PHASE, 1).description().modelId());
      assertNotEquals(id, build(q4, 512, GraphMode.ROW_PER_NODE, 1).description().modelId());
    }
  }

  @Test
  void registration_ofImage_opensAgainstItsRoot() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel())) {
      ProgramImage image = build(file, 0, GraphMode.ROW_PER_NODE, 2);
      Commitments.requireValid(image.registration());
      assertEquals(GuestProgram.bundled().root(), image.registration().programRoot());
    }
  }

  @Test
  void memory_ofImage_isTheFileByteForByteAndItsTree() {
    try (GgufFile file = GgufFile.open(TestData.bundledModel())) {
      ProgramImage image = build(file, 0, GraphMode.ROW_PER_NODE, 2);
      byte[] start = new byte[1000];
      image.memory().read(MemoryRegion.MODEL.base(), start);
      assertArrayEquals(file.bytes().asSlice(0, 1000).toArray(ValueLayout.JAVA_BYTE), start);
      MerkleTree rebuilt = MerkleTree.zero(MemoryRegion.PERSISTENT_DEPTH);
      for (var extent : image.memory().extents()) {
        byte[] leaves = new byte[(int) (extent.end() - extent.base() + 127 & -128)];
        image.memory().read(extent.base(), leaves);
        rebuilt = rebuilt.withBytes(extent.base(), leaves);
      }
      assertEquals(rebuilt.root(), image.description().imageRoot().value());
    }
  }
}
