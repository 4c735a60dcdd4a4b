package dev.opml.ethereum.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockNodeTest {
  private static final Address CONTRACT = Address.fromHex("aa".repeat(20));
  private static final BlockHash HASH = new BlockHash(Bytes32.fromHex(FakeNode.hash(5)));

  private final FakeNode fake = new FakeNode();
  private final BlockNode node = fake.blocks();

  private static void assertFails(Kind kind, Executable reading) {
    EthereumRpcException e = assertThrows(EthereumRpcException.class, reading);
    assertEquals(kind, e.kind(), e.getMessage());
    assertEquals("fake", e.endpoint());
    assertTrue(e.getMessage().length() < 1000);
  }

  @Test
  void header_block_isRead() {
    fake.answers("eth_getBlockByHash", FakeNode.block(5));
    Header header = node.header(HASH);
    assertEquals(new Block(5, 1060), header.block());
    assertEquals(FakeNode.hash(4), header.parent().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "7",
        "\"0x\"",
        "{\"hash\":null}",
        "{\"hash\":7,\"parentHash\":7,\"number\":7,\"timestamp\":7}",
        "{\"hash\":\"0x\",\"parentHash\":\"0x\",\"number\":\"0x1\",\"timestamp\":\"0x1\"}",
        "{\"hash\":{},\"parentHash\":[],\"number\":\"0x1\",\"timestamp\":\"0x1\"}"
      })
  void header_noBlock_isMalformed(String answer) {
    fake.answers("eth_getBlockByHash", answer).answers("eth_getBlockByNumber", answer);
    assertFails(Kind.MALFORMED, () -> node.header(HASH));
    assertFails(Kind.MALFORMED, () -> node.head(Finality.LATEST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0x", "5", "0xg", "-0x5", "0x-5", "0x8000000000000000", "0x10000000000000000"})
  void header_numberThatIsNone_isMalformed(String number) {
    String block = FakeNode.block(5).replace("\"0x5\"", "\"" + number + "\"");
    fake.answers("eth_getBlockByHash", block);
    assertFails(Kind.MALFORMED, () -> node.header(HASH));
  }

  @Test
  void header_ofAnotherBlock_isMalformed() {
    fake.answers("eth_getBlockByHash", FakeNode.block(6));
    assertFails(Kind.MALFORMED, () -> node.header(HASH));
  }

  @Test
  void header_fieldsThatDoNotHashToIt_areRefused() {
    fake.answers("eth_getBlockByHash", FakeNode.block(5));
    Endpoint checked =
        new Endpoint("fake", fake.service(), RpcLimits.DEFAULT, Endpoint.HeaderCheck.HASH);
    BlockNode strict = new BlockNode(checked, FakeNode.CHAIN_ID);
    assertFails(Kind.MALFORMED, () -> strict.header(HASH));
  }

  @Test
  void header_null_isUnknown() {
    fake.answers("eth_getBlockByHash", "null");
    assertThrows(UnknownBlockException.class, () -> node.header(HASH));
    assertThrows(UnknownBlockException.class, () -> node.logs(CONTRACT, HASH));
  }

  @Test
  void head_null_isMalformed() {
    fake.answers("eth_getBlockByNumber", "null");
    assertFails(Kind.MALFORMED, () -> node.head(Finality.FINALIZED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header not found",
        "Unknown block",
        "hash deadbeef is not: header for hash not found"
      })
  void reads_errorsThatSayUnknown_areUnknown(String message) {
    fake.answers("eth_getBlockByHash", FakeNode.block(5));
    for (String method : List.of("eth_getBalance", "eth_call", "eth_getCode", "eth_getLogs")) {
      fake.refuses(method, message);
    }
    assertThrows(UnknownBlockException.class, () -> node.balance(CONTRACT, HASH));
    assertThrows(UnknownBlockException.class, () -> node.call(CONTRACT, new byte[4], HASH));
    assertThrows(UnknownBlockException.class, () -> node.code(CONTRACT, HASH));
    assertThrows(UnknownBlockException.class, () -> node.logs(CONTRACT, HASH));
  }

  @Test
  void reads_otherErrors_areErrors() {
    fake.refuses("eth_getBalance", "rate\nlimit " + "x".repeat(10_000));
    assertFails(Kind.ERROR, () -> node.balance(CONTRACT, HASH));
  }

  @Test
  void ask_slowEndpoint_endsInTime() {
    fake.hangs("eth_getBlockByHash");
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertFails(Kind.TIMEOUT, () -> node.header(HASH)));
  }

  @Test
  void ask_interrupted_isCancelled() {
    fake.hangs("eth_getBlockByHash");
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> node.header(HASH));
    assertTrue(Thread.interrupted());
  }

  @Test
  void ask_unreachable_isSaidSo() {
    fake.then(
        "eth_getBlockByHash",
        () -> CompletableFuture.failedFuture(new ConnectException("refused")));
    assertFails(Kind.UNREACHABLE, () -> node.header(HASH));
  }

  @Test
  void ask_brokenOff_isSaidSo() {
    fake.then(
        "eth_getBlockByHash", () -> CompletableFuture.failedFuture(new IOException("closed")));
    assertFails(Kind.BROKEN_OFF, () -> node.header(HASH));
  }

  @Test
  void ask_answerToAnotherQuestion_isMalformed() {
    JsonAnswer other = FakeNode.result(FakeNode.block(5));
    other.setId(-1);
    fake.then("eth_getBlockByHash", () -> CompletableFuture.completedFuture(other));
    assertFails(Kind.MALFORMED, () -> node.header(HASH));
  }

  @Test
  void ask_neitherResultNorError_isMalformed() {
    fake.then("eth_getBlockByHash", () -> CompletableFuture.completedFuture(new JsonAnswer()));
    fake.then("eth_getBalance", () -> CompletableFuture.completedFuture(null));
    assertFails(Kind.MALFORMED, () -> node.header(HASH));
    assertFails(Kind.MALFORMED, () -> node.balance(CONTRACT, HASH));
  }

  @Test
  void ask_endpointOfAnotherChain_isRefused() {
    fake.answers("eth_chainId", "\"0x1\"").answers("eth_getBlockByHash", FakeNode.block(5));
    assertFails(Kind.MALFORMED, () -> node.header(HASH));
    assertEquals(0, fake.asked("eth_getBlockByHash"));
  }

  @Test
  void finalHeader_notFinalizedYet_isUnknown() {
    fake.answers("eth_getBlockByNumber", FakeNode.block(5));
    assertThrows(UnknownBlockException.class, () -> node.finalHeader(6));
    assertEquals(5, node.finalHeader(5).number());
  }

  @Test
  void finalHeader_anotherBlock_isMalformed() {
    fake.answers("eth_getBlockByNumber", FakeNode.block(5));
    assertFails(Kind.MALFORMED, () -> node.finalHeader(4));
  }

  @Test
  void logs_moreThanTheLimit_areTooMuch() {
    fake.answers("eth_getLogs", "[" + "0,".repeat(200) + "0]");
    EthereumRpcException e =
        assertThrows(EthereumRpcException.class, () -> node.logs(CONTRACT, 0, 9, List.of()));
    assertTrue(e.mayBeTooMuch());
  }

  @Test
  void logs_malformed_areRefused() {
    String good = FakeNode.log(5, FakeNode.hash(5), 0, "[]", "0x");
    for (String bad :
        List.of(
            "null",
            "{}",
            "[null]",
            "[" + good.replace("false", "true") + "]",
            "[" + good.replace("[]", "[7]") + "]",
            "[" + good.replace("[]", "[\"0x\",\"0x\",\"0x\",\"0x\",\"0x\"]") + "]",
            "[" + good.replace("\"data\":\"0x\"", "\"data\":\"0x0\"") + "]",
            "[" + good.replace("blockHash", "blockHush") + "]")) {
      fake.answers("eth_getLogs", bad);
      assertFails(Kind.MALFORMED, () -> node.logs(CONTRACT, 0, 9, List.of()));
    }
    fake.answers("eth_getLogs", "[" + good + "]");
    assertEquals(1, node.logs(CONTRACT, 0, 9, List.of()).size());
  }
}
