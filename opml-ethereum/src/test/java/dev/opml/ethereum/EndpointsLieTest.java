package dev.opml.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.opml.dispute.agent.Agent;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.journal.MemoryJournal;
import dev.opml.ethereum.rpc.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of three endpoints one lies and one lags, in any order: the third suffices to refute a lie. */
class EndpointsLieTest {
  /** Blocks after which the endpoint that lags has a look at the chain. */
  private static final int LAG = 5;

  @TempDir Path folder;

  /** Something that an endpoint says and that is not so. */
  enum Lie implements RpcProxy.Change {
    /** The account has sent a thousand transactions more. */
    NONCE("eth_getTransactionCount") {
      @Override
      void change(ObjectNode answer) {
        answer.put("result", "0x" + Long.toHexString(1000 + quantity(answer)));
      }
    },
    /** A unit of gas costs 0.01 ether. */
    BASE_FEE("eth_getBlockByNumber") {
      @Override
      void change(ObjectNode answer) {
        if (answer.get("result") instanceof ObjectNode block) {
          block.put("baseFeePerGas", "0x2386f26fc10000");
        }
      }
    },
    /** A call takes as much gas as there is. */
    ESTIMATE("eth_estimateGas") {
      @Override
      void change(ObjectNode answer) {
        answer.remove("error");
        answer.put("result", "0xffffffffff");
      }
    },
    /** Every call would be refused: its game is over. */
    REFUSAL("eth_estimateGas") {
      @Override
      void change(ObjectNode answer) {
        answer.remove("result");
        answer
            .putObject("error")
            .put("code", 3)
            .put("message", "execution reverted")
            .put("data", "0xdf469ccb");
      }
    },
    /** A transaction is in a block that does not exist. */
    RECEIPT("eth_getTransactionReceipt") {
      @Override
      void change(ObjectNode answer) {
        if (answer.get("result") instanceof ObjectNode receipt) {
          receipt.put("blockHash", "0x" + "ab".repeat(32));
        }
      }
    },
    /** Nothing was ever sent. */
    NO_RECEIPT("eth_getTransactionReceipt", "eth_getTransactionByHash") {
      @Override
      void change(ObjectNode answer) {
        answer.putNull("result");
      }
    };

    private final Set<String> methods;

    Lie(String... methods) {
      this.methods = Set.of(methods);
    }

    abstract void change(ObjectNode answer);

    static long quantity(ObjectNode answer) {
      return Long.decode(answer.get("result").asText());
    }

    @Override
    public JsonNode apply(JsonNode question, ObjectNode answer) {
      if (methods.contains(question.get("method").asText())) {
        change(answer);
      }
      return answer;
    }
  }

  static Stream<Arguments> liesAndPlaces() {
    return Stream.of(Lie.values())
        .flatMap(lie -> Stream.of(0, 1, 2).map(first -> Arguments.of(lie, first)));
  }

  @ParameterizedTest
  @MethodSource("liesAndPlaces")
  void dispute_oneEndpointLiesAndOneLags_isWon(Lie lie, int first) throws Exception {
    try (AnvilDispute dispute = new AnvilDispute(Side.CHALLENGER, folder);
        RpcProxy liar = new RpcProxy(dispute.chain().anvil().address(), lie);
        Laggard laggard = new Laggard(dispute)) {
      List<Endpoint> all =
          new ArrayList<>(List.of(liar.endpoint(), laggard.endpoint(), dispute.endpoint()));
      Collections.rotate(all, -first);
      try (Agent agent = agent(dispute, all)) {
        dispute.play(
            agent,
            block -> {
              if (block % LAG == 0) {
                laggard.look();
              }
            });
      }
    }
  }

  /** The one that is asked first has stood still since the agent's start. */
  @Test
  void dispute_preferredEndpointStandsStill_isWon() throws Exception {
    try (AnvilDispute dispute = new AnvilDispute(Side.CHALLENGER, folder);
        Laggard frozen = new Laggard(dispute);
        Agent agent = agent(dispute, List.of(frozen.endpoint(), dispute.endpoint()))) {
      dispute.play(agent, _ -> {});
    }
  }

  private static Agent agent(AnvilDispute dispute, List<Endpoint> endpoints) {
    return dispute.honest(
        dispute.connect(Player.FIRST, endpoints.toArray(Endpoint[]::new)), new MemoryJournal());
  }

  /** A node that stands still between two looks at the chain. */
  private final class Laggard implements AutoCloseable {
    private final AnvilDispute dispute;
    private final RpcProxy proxy;
    private TestChain copy;

    Laggard(AnvilDispute dispute) throws Exception {
      this.dispute = dispute;
      this.copy = dispute.chain().copy(folder, "--no-mining");
      this.proxy = new RpcProxy(copy.anvil().address(), RpcProxy.Change.NONE);
    }

    Endpoint endpoint() {
      return proxy.endpoint();
    }

    void look() throws Exception {
      TestChain old = copy;
      copy = dispute.chain().copy(folder, "--no-mining");
      proxy.turnTo(copy.anvil().address());
      old.close();
    }

    @Override
    public void close() {
      proxy.close();
      copy.close();
    }
  }
}
