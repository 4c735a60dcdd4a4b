package dev.opml.examples.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.ByteVector;
import dev.opml.api.TokenIds;
import dev.opml.api.image.GraphMode;
import dev.opml.api.inference.InferenceRequest;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.agent.ModelRunner;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Side;
import dev.opml.examples.demo.Court;
import dev.opml.examples.demo.LocalChain;
import dev.opml.testing.FabricatedTrace;
import dev.opml.testing.Fabrication;
import dev.opml.vm.executor.ExecutorOptions;
import dev.opml.vm.executor.GgufExecutor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Disputes about the digit that a network sees, in several nodes and in one. {@code -Dopml.seed=N}
 * repeats what a failure names.
 */
class ByteNetworkDisputeTest {
  private static final int PIXELS = 28 * 28;
  private static final int IMAGES_HEADER = 16;
  private static final int DIGITS = 20;
  private static final int CLASSES = 10;
  private static final int MOST_ROUNDS = 200;

  static Stream<Arguments> games() {
    long seed = Long.getLong("opml.seed", new Random().nextLong());
    return Stream.of(GraphMode.values())
        .flatMap(mode -> Stream.of(Side.values()).map(liar -> Arguments.of(mode, liar, seed)));
  }

  @ParameterizedTest
  @MethodSource("games")
  void dispute_wrongDigit_truthWins(GraphMode mode, Side liar, long seed)
      throws IOException, URISyntaxException {
    Random random = new Random(seed);
    String where = mode + ", " + liar + " lies, -Dopml.seed=" + seed;
    InferenceRequest request = InferenceRequest.classify(image(random.nextInt(DIGITS)));
    ExecutorOptions options = ExecutorOptions.DEFAULT.withMode(mode);
    try (GgufExecutor executor =
            GgufExecutor.open(resource("mnist-784-500-10.q8_0.gguf"), options);
        Trace truth = executor.trace(request)) {
      int digit = truth.output().get(0);
      long node = random.nextLong(truth.length());
      Trace lie =
          new FabricatedTrace(
              truth,
              Fabrication.about(node, random.nextInt(5000))
                  .claiming(TokenIds.of((digit + 1 + random.nextInt(CLASSES - 1)) % CLASSES)));
      ModelRunner honest = ModelRunner.of(executor);
      ModelRunner lying = ModelRunner.ofTraces(truth.modelId(), _ -> lie);
      boolean proposerLies = liar == Side.PROPOSER;
      try (Court court =
          new Court(
              new LocalChain(
                  Court.parameters(Optional.empty(), executor.registration().programRoot())),
              executor.registration(),
              proposerLies ? lying : honest,
              proposerLies ? honest : lying,
              verdict -> assertTrue(!verdict.holds(), where))) {
        GameEvent.Ended ended = play(court, executor, request, where);
        assertEquals(GameEndReason.INSTRUCTION_EXECUTED, ended.reason(), where);
        assertEquals(liar.other(), ended.winner().orElseThrow(), where);
      }
    }
  }

  private static GameEvent.Ended play(
      Court court, GgufExecutor executor, InferenceRequest request, String where) {
    List<GameEvent> events = new ArrayList<>();
    court.watch(event -> {
      if (event instanceof GameEvent move) {
        events.add(move);
      }
    });
    court.ask(executor.model().modelId(), request);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (!events.isEmpty() && events.getLast() instanceof GameEvent.Ended ended) {
        return ended;
      }
      court.round(12);
    }
    throw new AssertionError("no end: " + where + ", " + events.size() + " events");
  }

  private static ByteVector image(int number) throws IOException, URISyntaxException {
    byte[] images = Files.readAllBytes(resource("own-20-images.idx3-ubyte"));
    int at = IMAGES_HEADER + number * PIXELS;
    return ByteVector.of(Arrays.copyOfRange(images, at, at + PIXELS));
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(ByteNetworkDisputeTest.class.getResource("/dev/opml/examples/" + name).toURI());
  }
}
