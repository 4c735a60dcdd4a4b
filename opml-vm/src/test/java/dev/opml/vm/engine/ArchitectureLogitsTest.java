package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.TokenIds;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRow;
import dev.opml.vm.graph.Heads;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.testing.RandomModel;
import dev.opml.vm.testing.ReferenceDecoder;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits of F32 models of every architecture, of any shape, against binary64 by definition. */
class ArchitectureLogitsTest {
  private static final long FIRST_SEED = 20_261_201;
  private static final int MODELS = 16;

  /** Of the largest logit's magnitude. */
  private static final double TOLERANCE = 1e-5;

  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @TempDir private Path folder;

  static List<String> architectures() {
    return RandomModel.ARCHITECTURES;
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void logits_anyShape_areThoseOfTheDefinition(String architecture) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + MODELS; seed++) {
      Path path = RandomModel.float32(seed, architecture).write(folder);
      try (GgufFile file = GgufFile.open(path);
          NativeEngine engine = Images.engine(file, KernelChoice.fastest(), 2)) {
        double error = worstError(file, engine, new Random(seed));
        assertTrue(error <= TOLERANCE, "seed " + seed + ": " + error);
      }
    }
  }

  /** Compares after a prompt, which runs in one batch, and after every generated token. */
  private static double worstError(GgufFile file, NativeEngine engine, Random random) {
    int vocabulary = engine.header().vocabularySize();
    int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 80 : 8);
    TokenIds prompt = TokenIds.of(random.ints(length, 0, vocabulary).toArray());
    Session session = engine.newSession(RawInput.greedy(prompt, 6));
    ReferenceDecoder reference =
        new ReferenceDecoder(file, engine.header().contextLimit(), cache(session, engine.rows()));
    session.run(length, null);
    double[] expected = {};
    for (int token : prompt.toArray()) {
      expected = reference.next(token);
    }
    double worst = relativeError(expected, session.logits());
    while (!session.finished()) {
      int token = session.output().get(session.output().size() - 1);
      session.run(session.position() + 1, null);
      worst = Math.max(worst, relativeError(reference.next(token), session.logits()));
    }
    return worst;
  }

  /** A session's KV rows. */
  private static ReferenceDecoder.Cache cache(Session session, List<GraphRow> rows) {
    List<Heads> stores =
        rows.stream()
            .map(GraphRow::operation)
            .filter(Heads.class::isInstance)
            .map(Heads.class::cast)
            .filter(heads -> heads.cached() && heads.first() == 0)
            .toList();
    return (layer, values, position, i) -> {
      Heads heads = stores.get(2 * layer + (values ? 1 : 0));
      long address = heads.out() + (long) heads.stride() * position + 2L * i;
      for (MemoryExtent extent : session.memory()) {
        long offset = address - extent.base();
        if (offset >= 0 && offset < extent.bytes().byteSize()) {
          return Float.float16ToFloat(extent.bytes().get(HALF, offset));
        }
      }
      throw new AssertionError("nothing stored at 0x" + Long.toHexString(address));
    };
  }

  private static double relativeError(double[] expected, float[] actual) {
    double largest = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double difference = Math.abs(expected[i] - actual[i]);
      error = difference <= error ? error : difference; // NaN stays
    }
    return error / largest;
  }
}
