package dev.opml.ethereum.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailoverTest {
  private final Failover<String> nodes = new Failover<>(List.of("first", "second"));
  private final List<String> asked = new ArrayList<>();

  private static EthereumRpcException failure() {
    return new EthereumRpcException("it", "method", Kind.TIMEOUT, "late", null, null);
  }

  private String answerOf(String one, String node, RuntimeException otherwise) {
    asked.add(node);
    if (node.equals(one)) {
      return node;
    }
    throw otherwise;
  }

  @Test
  void ask_firstFails_staysWithTheSecond() {
    assertEquals("second", nodes.ask(it -> answerOf("second", it, failure())));
    assertEquals("second", nodes.ask(it -> answerOf("second", it, failure())));
    assertEquals(List.of("first", "second", "second"), asked);
  }

  @Test
  void ask_firstDoesNotKnowTheBlock_asksTheSecond() {
    assertEquals("second", nodes.ask(it -> answerOf("second", it, new UnknownBlockException(7))));
  }

  @Test
  void ask_oneFailsAndOneDoesNotKnow_isUnknown() {
    UnknownBlockException e =
        assertThrows(
            UnknownBlockException.class,
            () ->
                nodes.ask(it -> {
                  throw it.equals("first") ? failure() : new UnknownBlockException(7);
                }));
    assertEquals(1, e.getSuppressed().length);
  }

  @Test
  void ask_bothFail_fails() {
    EthereumRpcException e =
        assertThrows(
            EthereumRpcException.class, () -> nodes.ask(it -> answerOf("", it, failure())));
    assertEquals(1, e.getSuppressed().length);
  }

  @Test
  void find_oneKnows_isFound() {
    assertEquals(
        Optional.of(6), nodes.find(it -> it.equals("second") ? Optional.of(6) : Optional.empty()));
    assertEquals(
        Optional.empty(),
        nodes.find(it -> {
          if (it.equals("second")) {
            throw failure();
          }
          return Optional.empty();
        }));
    assertThrows(
        EthereumRpcException.class,
        () ->
            nodes.find(_ -> {
              throw failure();
            }));
  }

  @Test
  void tell_oneFails_isTold() {
    nodes.tell(it -> assertEquals("first", answerOf("first", it, failure())));
    assertEquals(List.of("first", "second"), asked);
    assertThrows(
        EthereumRpcException.class,
        () ->
            nodes.tell(_ -> {
              throw failure();
            }));
  }
}
