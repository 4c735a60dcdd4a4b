package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.agent.Agent;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.FileJournal;
import dev.opml.dispute.journal.Journal;
import dev.opml.dispute.journal.MemoryJournal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An honest agent wins on anvil, whatever happens to chain, agent and transactions. */
class DisputeSurvivesTest {
  private static final String FAR_TOO_DEAR = "0x174876e800"; // 100 gwei

  @TempDir Path folder;

  private AnvilDispute dispute;

  @AfterEach
  void stop() {
    if (dispute != null) {
      dispute.close();
    }
  }

  private Agent start(Side honest) throws Exception {
    dispute = new AnvilDispute(honest, folder);
    return dispute.honest(dispute.connect(Player.FIRST, dispute.endpoint()), new MemoryJournal());
  }

  @ParameterizedTest
  @EnumSource
  void dispute_undisturbed_isWon(Side honest) throws Exception {
    try (Agent agent = start(honest)) {
      dispute.play(agent, _ -> {});
    }
  }

  /** Transactions that wait are lost with the process, and have to be sent again. */
  @ParameterizedTest
  @EnumSource
  void dispute_chainIsStoppedAndStartedAgain_goesOn(Side honest) throws Exception {
    int[] restarts = {0};
    try (Agent agent = start(honest)) {
      dispute.play(
          agent,
          _ -> {
            if (dispute.hasJustMoved() && restarts[0] < 2) {
              restarts[0]++;
              dispute.restart();
            }
          });
    }
    assertEquals(2, restarts[0]);
  }

  /** Moves of the last one and two blocks, which then come in others. */
  @Test
  void dispute_movesAreReorganised_goesOn() throws Exception {
    playReorganised(true);
  }

  /** The same, but no node has kept them. */
  @Test
  void dispute_movesAreReorganisedAway_goesOn() throws Exception {
    playReorganised(false);
  }

  private void playReorganised(boolean kept) throws Exception {
    Set<BlockHash> removed = new HashSet<>();
    try (Agent agent = start(Side.CHALLENGER)) {
      dispute.play(
          agent,
          _ -> {
            if (removed.size() < 3 && dispute.hasJustMoved()) {
              BlockHash head = dispute.viewer().head().hash();
              dispute.reorganise(1 + removed.size() % 2, kept);
              assertNotEquals(head, dispute.viewer().head().hash());
              removed.add(head);
            }
          });
    }
    assertEquals(3, removed.size());
  }

  /** An agent of one round, whose process then is gone: its journal is all that is left. */
  @ParameterizedTest
  @EnumSource
  void dispute_agentIsKilledInEachRound_isWonByTheNext(Side honest) throws Exception {
    dispute = new AnvilDispute(honest, folder);
    dispute.play(dying(false), _ -> {});
  }

  /** The same, but each second one dies when it has written down what it is about to send. */
  @ParameterizedTest
  @EnumSource
  void dispute_agentIsKilledBeforeItSends_isWonByTheNext(Side honest) throws Exception {
    dispute = new AnvilDispute(honest, folder);
    dispute.play(dying(true), _ -> {});
  }

  private Agent dying(boolean silent) {
    return new Agent() {
      private int lives;

      @Override
      public void poll() {
        Arbiter connection = dispute.connect(Player.FIRST, dispute.endpoint());
        try (Journal journal = FileJournal.open(folder.resolve("agent.journal"));
            Agent agent =
                dispute.honest(
                    silent && lives++ % 2 == 0 ? deadly(connection) : connection, journal)) {
          agent.poll();
        }
      }

      @Override
      public void close() {}
    };
  }

  /** A connection whose process dies when it sends: nothing that it does after that counts. */
  private static Arbiter deadly(Arbiter connection) {
    AtomicBoolean dead = new AtomicBoolean();
    return (Arbiter)
        Proxy.newProxyInstance(
            Arbiter.class.getClassLoader(),
            new Class<?>[] {Arbiter.class},
            (_, method, arguments) -> {
              if (method.getName().equals("broadcast")) {
                dead.set(true);
              }
              if (dead.get()) {
                throw new IllegalStateException("killed");
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Nothing is mined for a while, and then only what is dearer than the first offer. */
  @Test
  void dispute_transactionsAreStuck_areReplacedByDearerOnes() throws Exception {
    int[] stuck = {0};
    try (Agent agent = start(Side.CHALLENGER)) {
      dispute.play(
          agent,
          _ -> {
            Optional<JsonNode> first = waiting();
            if (first.isEmpty() || stuck[0] == 3) {
              return;
            }
            long price = price(first.get());
            for (int i = 0; i < 3; i++) {
              agent.poll();
            }
            assertTrue(price(waiting().orElseThrow()) > price * 5 / 4);
            JsonNode _ =
                dispute
                    .chain()
                    .anvil()
                    .ask("anvil_setNextBlockBaseFeePerGas", "0x" + Long.toHexString(price * 5 / 4));
            stuck[0]++;
          });
    }
    assertEquals(3, stuck[0]);
  }

  /**
   * The same, but whoever has sent what waits is not there any more, and has offered it for more
   * under a hash that no later process knows: that takes the nonce for nothing, and sends again.
   */
  @Test
  void dispute_transactionsOfAnEarlierProcessAreStuck_isWonByTheNext() throws Exception {
    dispute = new AnvilDispute(Side.CHALLENGER, folder);
    Agent dying = dying(false);
    int[] stuck = {0};
    dispute.play(
        dying,
        _ -> {
          if (waiting().isPresent() && stuck[0] < 3) {
            for (int i = 0; i < 3; i++) {
              dying.poll();
            }
            stuck[0]++;
          }
        });
    assertEquals(3, stuck[0]);
  }

  /** A block is dearer than what waits, which the node then forgets. */
  @Test
  void dispute_transactionsAreDropped_areSentAgain() throws Exception {
    int[] dropped = {0};
    try (Agent agent = start(Side.CHALLENGER)) {
      dispute.play(
          agent,
          block -> {
            if (dropped[0] < 3 && waiting().isPresent()) {
              JsonNode _ =
                  dispute.chain().anvil().ask("anvil_setNextBlockBaseFeePerGas", FAR_TOO_DEAR);
              dispute.chain().anvil().mine();
              assertTrue(waiting().isEmpty());
              dropped[0]++;
            }
          });
    }
    assertEquals(3, dropped[0]);
  }

  /** The challenger's transaction that is not in a block yet. */
  private Optional<JsonNode> waiting() throws Exception {
    JsonNode all = dispute.chain().anvil().ask("txpool_content").get("pending");
    return all.properties().stream()
        .filter(it -> it.getKey().equalsIgnoreCase(Player.FIRST.address().toHex()))
        .map(it -> it.getValue().elements().next())
        .findFirst();
  }

  private static long price(JsonNode transaction) {
    return Long.decode(transaction.get("maxFeePerGas").asText());
  }
}
