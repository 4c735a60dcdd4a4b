package dev.opml.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.image.MemoryRegion;
import dev.opml.api.image.OutputRegion;
import dev.opml.api.inference.InferenceListener;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.api.trace.NodeIndex;
import dev.opml.merkle.MerkleTree;
import dev.opml.vm.engine.Images;
import dev.opml.vm.engine.Inference;
import dev.opml.vm.engine.NativeEngine;
import dev.opml.vm.engine.NodeHook;
import dev.opml.vm.engine.RawInput;
import dev.opml.vm.executor.EngineKind;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.image.ProgramImage;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.testing.TestData;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded roots against those of trees that get every node's bytes, one node after the other. */
class RecordedTraceTest {
  private static final int CONTEXT = 256;

  private static GgufFile file;
  private static ProgramImage image;
  private static int nodes;

  @BeforeAll
  static void open() {
    file = GgufFile.open(TestData.bundledModelQ4());
    image = ProgramImage.build(file, CONTEXT, GraphMode.ROW_PER_NODE, 1, bytes -> {});
    nodes = image.graph().header().nodesPerToken();
  }

  @AfterAll
  static void close() {
    file.close();
  }

  private static NativeEngine engine(ProgramImage of, int threads) {
    return Images.engine(file, of, KernelChoice.fastest(), threads);
  }

  private static InferenceRequest request(int promptLength, int newTokens) {
    int[] prompt = new Random(promptLength).ints(promptLength, 3, 1024).toArray();
    return InferenceRequest.greedy(TokenIds.of(prompt), newTokens);
  }

  private static void requireRoots(
      ProgramImage of, InferenceRequest request, Inference inference, Trace trace) {
    int nodesPerToken = of.graph().header().nodesPerToken();
    Map<Long, List<MemoryExtent>> writes = new HashMap<>();
    inference.run(
        inference.limit(),
        (position, row, address, bytes) ->
            writes
                .computeIfAbsent(
                    NodeIndex.of(position, row, nodesPerToken).value(), node -> new ArrayList<>())
                .add(MemoryExtent.of(address, bytes.toArray(ValueLayout.JAVA_BYTE))));
    MerkleTree tree = of.treeWithInput(request);
    for (long node = 0; node < trace.length(); node++) {
      assertEquals(tree.root(), trace.rootAt(new NodeIndex(node)).value(), "before node " + node);
      for (MemoryExtent write : writes.getOrDefault(node, List.of())) {
        tree = tree.withBytes(write.base(), write.bytes());
      }
    }
    assertEquals(tree.root(), trace.finalRoot().value());
    assertEquals(of.treeWith(request, inference.memory()).root(), tree.root());
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 5, 40", "2, 17, 3", "3, 140, 9"})
  void record_anyThreadsAndBatches_hasTheRootsOfTheNodesBytes(
      int threads, int promptLength, int newTokens) {
    InferenceRequest request = request(promptLength, newTokens);
    RawInput input = RawInput.of(request);
    try (NativeEngine engine = engine(image, threads)) {
      Trace trace =
          RecordedTrace.record(image, request, engine.newSession(input), InferenceListener.NONE);
      requireRoots(image, request, engine.newSession(input), trace);
    }
  }

  @Test
  void record_slicedOperators_hasTheRootsOfTheNodesBytes() {
    ProgramImage sliced = ProgramImage.build(file, 60_000, GraphMode.ROW_PER_NODE, 1, bytes -> {});
    InferenceRequest request = request(6, 3);
    RawInput input = RawInput.of(request);
    try (NativeEngine engine = engine(sliced, 2)) {
      Trace trace =
          RecordedTrace.record(sliced, request, engine.newSession(input), InferenceListener.NONE);
      requireRoots(sliced, request, engine.newSession(input), trace);
    }
  }

  @Test
  void record_theGuest_hasTheRootsOfTheNativeEngine() {
    InferenceRequest request = request(2, 2);
    ExecutorOptions options = ExecutorOptions.DEFAULT.withContextLimit(CONTEXT);
    try (NativeEngine engine = engine(image, 1);
        GgufExecutor guest =
            GgufExecutor.open(TestData.bundledModelQ4(), options.withEngine(EngineKind.GUEST))) {
      Trace trace = guest.trace(request, InferenceListener.NONE);
      requireRoots(image, request, engine.newSession(RawInput.of(request)), trace);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 6, 30, 31})
  void record_aBitFlippedAfterAnyRow_hasTheRootsOfTheNodesBytes(int row) {
    InferenceRequest request = request(3, 3);
    RawInput input = RawInput.of(request);
    try (NativeEngine engine = engine(image, 1)) {
      int position = 3;
      long address =
          row == nodes - 1
              ? OutputRegion.addressOf(1)
              : lastSlot(engine.newSession(input), position, row) + 4 * row;
      NodeHook hook =
          (at, r, memory) -> {
            if (at == position && r == row) {
              memory.flip(address, 1 << row % 10);
            }
          };
      Trace trace =
          RecordedTrace.record(
              image, request, engine.newSession(input, hook), InferenceListener.NONE);
      requireRoots(image, request, engine.newSession(input, hook), trace);
    }
  }

  /** Address of the last slot that a node writes. */
  private static long lastSlot(Inference inference, int position, int row) {
    List<Long> ends = new ArrayList<>();
    inference.run(
        position + 1,
        (at, r, address, bytes) -> {
          if (at == position && r == row) {
            ends.add(address + bytes.byteSize());
          }
        });
    return ends.getLast() - MemoryRegion.LEAF_SIZE;
  }
}
