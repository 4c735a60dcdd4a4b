package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.TransactionTimeoutException;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.rpc.Endpoint;
import dev.opml.ethereum.rpc.EthereumRpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeployerTest {
  private static final ArbiterParameters PARAMETERS =
      ArbiterParameters.standard(Set.of(new Bytes32(1, 2, 3, 4)));
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Deployer deployer(Anvil anvil, long chainId) {
    return new Deployer(chainId, List.of(anvil.endpoint()), Anvil.account(3), FeePolicy.DEFAULT);
  }

  private static long nonce(Anvil anvil) throws Exception {
    String account = Anvil.account(3).address().toHex();
    return Long.decode(anvil.ask("eth_getTransactionCount", account, "latest").asText());
  }

  private static DeployedArbiter deployTwice(Anvil anvil) throws Exception {
    DeployedArbiter first = deployer(anvil, Anvil.CHAIN_ID).deploy(PARAMETERS, PATIENCE);
    long before = nonce(anvil);
    DeployedArbiter second = deployer(anvil, Anvil.CHAIN_ID).deploy(PARAMETERS, PATIENCE);
    assertEquals(before + 1, nonce(anvil), "the other two are there already");
    assertEquals(first.machine(), second.machine());
    assertEquals(first.rules(), second.rules());
    assertNotEquals(first.arbiter(), second.arbiter());
    assertTrue(second.firstBlock() > first.firstBlock());
    return first;
  }

  @Test
  void deploy_newChain_isWhatIsExpected() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"))) {
      DeployedArbiter deployed = deployTwice(anvil);
      EthereumArbiter arbiter =
          EthereumArbiter.connect(
              deployed.spec(), List.of(anvil.endpoint()), Anvil.account(1), FeePolicy.DEFAULT);
      assertEquals(PARAMETERS, arbiter.deployment().parameters());
      assertEquals(deployed.firstBlock(), arbiter.firstBlock());
    }
  }

  /** With a later first block, earlier claims would not be seen. */
  @Test
  void connect_firstBlockNotBeforeTheArbiter_isRefused() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"))) {
      DeployedArbiter it = deployer(anvil, Anvil.CHAIN_ID).deploy(PARAMETERS, PATIENCE);
      anvil.mine();
      long newest = Long.decode(anvil.ask("eth_blockNumber").asText());
      for (long first : new long[] {newest - 1, newest, Long.MAX_VALUE}) {
        DeploymentSpec later =
            new DeployedArbiter(
                    it.chainId(), it.arbiter(), it.machine(), it.rules(), first, PARAMETERS)
                .spec();
        assertThrows(WrongFirstBlockException.class, () -> connect(later, anvil.endpoint()));
      }
      assertTrue(connect(it.spec(), anvil.endpoint()).firstBlockChecked());
    }
  }

  @Test
  void connect_oldStateIsGone_saysThatItIsNotChecked() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"));
        RpcProxy proxy =
            new RpcProxy(
                anvil.address(),
                (question, answer) -> {
                  if (question.path("method").asText().equals("eth_getCode")
                      && question.path("params").path(1).isTextual()) {
                    answer.remove("result");
                    answer
                        .putObject("error")
                        .put("code", -32000)
                        .put("message", "missing trie node");
                  }
                  return answer;
                })) {
      DeployedArbiter deployed = deployer(anvil, Anvil.CHAIN_ID).deploy(PARAMETERS, PATIENCE);
      assertFalse(connect(deployed.spec(), proxy.endpoint()).firstBlockChecked());
    }
  }

  private static EthereumArbiter connect(DeploymentSpec spec, Endpoint endpoint) {
    return EthereumArbiter.connect(spec, List.of(endpoint), Anvil.account(1), FeePolicy.DEFAULT);
  }

  /** All wait for one block, and for the block of the contract that creates them. */
  @Test
  void deploy_blocksByTheClockAndNoFactory_isWhatIsExpected() throws Exception {
    try (Anvil anvil =
        Anvil.start(
            Forge.tool("anvil"), "--block-time", "1", "--disable-default-create2-deployer")) {
      DeployedArbiter _ = deployTwice(anvil);
    }
  }

  @Test
  void deploy_noBlocks_timesOut() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"), "--no-mining")) {
      Deployer deployer = deployer(anvil, Anvil.CHAIN_ID);
      assertThrows(
          TransactionTimeoutException.class,
          () -> deployer.deploy(PARAMETERS, Duration.ofMillis(50)));
    }
  }

  /** A deployment that is there after all can be found, whatever has failed. */
  @Test
  void deploy_brokenOff_wasToldWhatComesToBe() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"), "--no-mining")) {
      Deployer deployer = deployer(anvil, Anvil.CHAIN_ID);
      List<DeployedArbiter> planned = new ArrayList<>();
      assertThrows(
          TransactionTimeoutException.class,
          () -> deployer.deploy(PARAMETERS, Duration.ofMillis(50), planned::add));
      anvil.mine();
      EthereumArbiter arbiter =
          EthereumArbiter.connect(
              planned.getFirst().spec(),
              List.of(anvil.endpoint()),
              Anvil.account(1),
              FeePolicy.DEFAULT);
      assertEquals(PARAMETERS, arbiter.deployment().parameters());
    }
  }

  @Test
  void deploy_plannedCannotBeWrittenDown_sendsNothing() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"))) {
      Deployer deployer = deployer(anvil, Anvil.CHAIN_ID);
      assertThrows(
          UncheckedIOException.class,
          () ->
              deployer.deploy(
                  PARAMETERS,
                  PATIENCE,
                  _ -> {
                    throw new UncheckedIOException(new IOException("disk full"));
                  }));
      assertEquals(0, nonce(anvil));
    }
  }

  /** The answer to what was sent is lost; what was sent is not. */
  @Test
  void deploy_answersToWhatIsSentAreLost_isWhatIsExpected() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"), "--block-time", "1");
        RpcProxy proxy =
            new RpcProxy(
                anvil.address(),
                (question, answer) -> {
                  if (question.path("method").asText().equals("eth_sendRawTransaction")) {
                    answer.remove("result");
                    answer.putObject("error").put("code", -32005).put("message", "rate limit");
                  }
                  return answer;
                })) {
      Deployer deployer =
          new Deployer(
              Anvil.CHAIN_ID, List.of(proxy.endpoint()), Anvil.account(3), FeePolicy.DEFAULT);
      DeployedArbiter deployed = deployer.deploy(PARAMETERS, PATIENCE);
      assertEquals(PARAMETERS, deployed.parameters());
    }
  }

  @Test
  void deploy_anotherChain_signsNothing() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"))) {
      Deployer deployer = deployer(anvil, 1);
      assertThrows(EthereumRpcException.class, () -> deployer.deploy(PARAMETERS, PATIENCE));
      assertEquals(0, nonce(anvil));
    }
  }
}
