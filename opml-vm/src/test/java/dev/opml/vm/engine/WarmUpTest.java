package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.testing.TestData;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels change in the middle of an inference, and nothing else does. */
class WarmUpTest {
  private static final TokenIds PROMPT =
      TokenIds.of(IntStream.range(0, 70).map(i -> 1 + 7 * i).toArray());
  private static final int NEW_TOKENS = 12;

  /** Multiplications in a position of the bundled models. */
  private static final long POSITION = 3_400_000;

  static Stream<Path> models() {
    return Stream.concat(
        Stream.of(TestData.bundledModel(), TestData.bundledModelQ4()),
        Stream.of("q4_k_m", "q6_k", "f16")
            .map(format -> "data/models/ours/stories-3.7m." + format + ".gguf")
            .flatMap(shared -> TestData.shared(shared).stream()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void session_kernelsChangeAnywhere_writesTheSameBytes(Path model) {
    InferenceBattery battery = new InferenceBattery(PROMPT, NEW_TOKENS, 20);
    try (GgufFile file = GgufFile.open(model)) {
      String expected;
      try (NativeEngine pure = engine(file, WarmUp.none(KernelChoice.fastest()))) {
        expected = battery.digest(pure, 0);
      }
      // In the prompt, in either half of the second batch, between generated tokens, in the pass
      // that runs it all again.
      for (int positions : new int[] {1, 30, 71, 75, 79, 81, 110, 200}) {
        AtomicLong left = new AtomicLong(positions * POSITION);
        try (NativeEngine changing = engine(file, new WarmUp(KernelChoice.scalar(), left))) {
          assertEquals(expected, battery.digest(changing, 0), positions + " positions");
        }
      }
    }
  }

  private static NativeEngine engine(GgufFile file, WarmUp warmUp) {
    GraphRegion graph = Images.graph(file, 128);
    return new NativeEngine(
        graph.header(),
        graph.rows(),
        graph.bytes(),
        file.bytes(),
        KernelChoice.fastest(),
        warmUp,
        2,
        WeightStore.ANONYMOUS,
        packed -> {});
  }

  @Test
  void plan_duringTheWarmUp_areOthers() {
    try (GgufFile file = GgufFile.open(TestData.bundledModelQ4());
        NativeEngine engine =
            engine(file, new WarmUp(KernelChoice.scalar(), new AtomicLong(20 * POSITION)))) {
      Plan during = engine.plan(4);
      assertSame(during, engine.plan(4));
      Plan after = engine.plan(100);
      assertNotEquals(during, after);
      assertSame(after, engine.plan(1));
    }
  }

  @Test
  void isOver_nothingLeft_staysSo() {
    WarmUp warmUp = new WarmUp(KernelChoice.scalar(), new AtomicLong(10));
    assertFalse(warmUp.isOver(9));
    assertTrue(warmUp.isOver(1));
    assertTrue(warmUp.isOver(Long.MAX_VALUE));
    assertTrue(warmUp.isOver(Long.MAX_VALUE));
    assertTrue(WarmUp.none(KernelChoice.scalar()).isOver(1));
  }
}
