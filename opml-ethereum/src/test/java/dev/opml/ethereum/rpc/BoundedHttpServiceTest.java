package dev.opml.ethereum.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.opml.dispute.Address;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Endpoints that answer by HTTP as none should. */
class BoundedHttpServiceTest {
  private static final Address ACCOUNT = Address.fromHex("aa".repeat(20));
  private static final int MOST = 1 << 16;

  private HttpServer server;
  private TransactionNode node;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    node = node(Duration.ofSeconds(30));
  }

  private TransactionNode node(Duration timeout) {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new TransactionNode(Endpoint.http(address, new RpcLimits(MOST, 1000, 100, timeout)), 7);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpHandler handler) {
    server.createContext("/", handler);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** The question's id in an answer. */
  private static String result(HttpExchange exchange, String json) throws IOException {
    String question = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String id = question.replaceAll(".*\"id\":(\\d+).*", "$1");
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + json + "}";
  }

  private void assertFails(Kind kind) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          EthereumRpcException e =
              assertThrows(EthereumRpcException.class, () -> node.included(ACCOUNT));
          assertEquals(kind, e.kind(), e.getMessage());
        });
  }

  @Test
  void answer_number_isRead() {
    answer(it -> send(it, 200, result(it, "\"result\":\"0x7\",\"more\":[1]")));
    assertEquals(7, node.included(ACCOUNT));
  }

  @Test
  void answer_longerThanTheLimit_isNotRead() {
    answer(it -> send(it, 200, result(it, "\"result\":\"0x" + "0".repeat(MOST) + "\"")));
    assertFails(Kind.BROKEN_OFF);
  }

  @Test
  void answer_endless_isNotRead() {
    answer(it -> {
      it.sendResponseHeaders(200, 0);
      try (OutputStream out = it.getResponseBody()) {
        while (true) {
          out.write(new byte[1 << 12]);
        }
      }
    });
    assertFails(Kind.BROKEN_OFF);
  }

  @Test
  void answer_ofManyValues_isNotKept() {
    answer(it -> send(it, 200, result(it, "\"result\":[" + "[],".repeat(2000) + "0]")));
    assertFails(Kind.MALFORMED);
  }

  @Test
  void answer_nestedDeeply_isNotRead() {
    answer(it -> send(it, 200, "[".repeat(10_000)));
    assertFails(Kind.MALFORMED);
  }

  @Test
  void answer_dripping_endsInTime() {
    node = node(Duration.ofMillis(500));
    answer(it -> {
      it.sendResponseHeaders(200, 0);
      try (OutputStream out = it.getResponseBody()) {
        for (int i = 0; i < 1000; i++) {
          out.write(' ');
          out.flush();
          Thread.sleep(50);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    assertFails(Kind.TIMEOUT);
  }

  @Test
  void answer_never_endsInTime() {
    node = node(Duration.ofMillis(500));
    answer(_ -> {});
    assertFails(Kind.TIMEOUT);
  }

  @Test
  void answer_noJson_isMalformed() {
    answer(it -> send(it, 200, "<html>"));
    assertFails(Kind.MALFORMED);
  }

  @Test
  void answer_empty_isMalformed() {
    answer(it -> send(it, 200, ""));
    assertFails(Kind.MALFORMED);
  }

  @Test
  void answer_status_isAnError() {
    answer(it -> send(it, 500, "out of order"));
    assertFails(Kind.ERROR);
  }

  /** To ask a busy endpoint for two halves instead would make it busier. */
  @Test
  void answer_tooManyRequests_isNotTooMuchOfAnAnswer() {
    String inWords = "\"error\":{\"code\":429,\"message\":\"exceeded its capacity\"}";
    answer(it -> send(it, 429, "slow down"));
    assertFalse(failure().mayBeTooMuch());
    server.removeContext("/");
    answer(it -> send(it, 200, result(it, inWords)));
    assertFalse(failure().mayBeTooMuch());
    server.removeContext("/");
    answer(it -> send(it, 200, result(it, inWords.replace("429", "-32005"))));
    assertTrue(failure().mayBeTooMuch());
  }

  private EthereumRpcException failure() {
    return assertThrows(EthereumRpcException.class, () -> node.included(ACCOUNT));
  }

  @Test
  void answer_errorWithAnObject_isAnError() {
    answer(it ->
        send(it, 200, result(it, "\"error\":{\"code\":3,\"message\":\"m\",\"data\":{\"x\":1}}")));
    assertFails(Kind.ERROR);
  }

  @Test
  void answer_nobodyThere_isUnreachable() {
    server.stop(0);
    assertFails(Kind.UNREACHABLE);
  }
}
