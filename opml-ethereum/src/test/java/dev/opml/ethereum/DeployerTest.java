package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.TransactionTimeoutException;
import dev.opml.ethereum.account.FeePolicy;
import dev.opml.ethereum.anvil.Anvil;
import dev.opml.ethereum.rpc.EthereumRpcException;
import java.time.Duration;
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

  @Test
  void deploy_anotherChain_signsNothing() throws Exception {
    try (Anvil anvil = Anvil.start(Forge.tool("anvil"))) {
      Deployer deployer = deployer(anvil, 1);
      assertThrows(EthereumRpcException.class, () -> deployer.deploy(PARAMETERS, PATIENCE));
      assertEquals(0, nonce(anvil));
    }
  }
}
