package dev.opml.vm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.opml.api.TokenIds;
import dev.opml.vm.gguf.GgufFile;
import dev.opml.vm.graph.GraphRegion;
import dev.opml.vm.kernel.choice.KernelChoice;
import dev.opml.vm.testing.TestData;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong claims, checked in one batch, are found where decoding token by token finds them. */
class ClaimsInEveryFormatTest {
  private static final int CONTEXT = 64;
  private static final int NEW = 12;
  private static final int LAST = NEW - 1;
  private static final int STOP = 6;
  private static final RawInput STOPPING =
      new RawInput(
          Images.region(Images.PROMPT.size(), NEW, 1, 0, 0, 1, 0, 0, Images.PROMPT.toArray()));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q4_k_m", "q5_k_m", "q6_k"
      })
  void verify_wrongTokensAnywhere_findsTheFirst(String format) {
    Path path =
        switch (format) {
          case "q8_0" -> TestData.bundledModel();
          case "q4_0" -> TestData.bundledModelQ4();
          default -> TestData.assumeShared("data/models/ours/stories-3.7m." + format + ".gguf");
        };
    try (GgufFile file = GgufFile.open(path)) {
      GraphRegion graph = Images.graph(file, CONTEXT);
      TokenIds honest;
      try (NativeEngine engine =
          Images.engine(file, graph, KernelChoice.fastest(), 3, TokenIds.EMPTY)) {
        honest = decoded(engine, NEW).output();
        assertFound(engine, honest, NEW, NEW);
        for (int wrong : new int[] {0, 1, STOP, LAST}) {
          assertFound(engine, wrongAt(honest, wrong), wrong, wrong + 1);
          assertFound(engine, wrongAt(honest, wrong, LAST), wrong, wrong + 1);
        }
      }
      TokenIds stop = TokenIds.of(honest.get(STOP));
      assertEquals(STOP, honest.stream().boxed().toList().indexOf(stop.get(0)));
      try (NativeEngine engine = Images.engine(file, graph, KernelChoice.fastest(), 3, stop)) {
        // What is claimed after the stop token is never reached, whether right or wrong.
        assertFound(engine, honest, STOP + 1, STOP + 1);
        assertFound(engine, wrongAt(honest, STOP + 1, LAST), STOP + 1, STOP + 1);
        assertFound(engine, wrongAt(honest, STOP), STOP, STOP + 1);
        assertFound(engine, wrongAt(honest, STOP - 1), STOP - 1, STOP);
        // A stop token that comes too early hides nothing.
        assertFound(engine, honest.with(0, stop.get(0)), 0, 1);
        assertFound(engine, honest.with(STOP - 1, stop.get(0)), STOP - 1, STOP);
      }
    }
  }

  private static TokenIds wrongAt(TokenIds tokens, int... indexes) {
    TokenIds wrong = tokens;
    for (int index : indexes) {
      wrong = wrong.with(index, tokens.get(index) ^ 1);
    }
    return wrong;
  }

  /** A session that generated some tokens, one position at a time. */
  private static Session decoded(NativeEngine engine, int tokens) {
    Session session = engine.newSession(STOPPING);
    while (session.output().size() < tokens && !session.finished()) {
      session.run(session.position() + 1, null);
    }
    return session;
  }

  private static void assertFound(NativeEngine engine, TokenIds claimed, int right, int generated) {
    Session session = engine.newSession(STOPPING);
    assertEquals(right, session.verify(claimed, null), claimed::toString);
    Session expected = decoded(engine, generated);
    assertEquals(expected.output(), session.output());
    assertEquals(Slots.of(expected.memory()), Slots.of(session.memory()));
  }
}
