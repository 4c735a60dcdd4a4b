package dev.opml.ethereum.anvil;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import dev.opml.ethereum.rpc.RpcLimits;
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

class PlainRpcTest {
  private static final RpcLimits LIMITS = new RpcLimits(1_000, 1_000, 1, Duration.ofMillis(300));

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Answers with a text, again and again if it never ends. */
  private PlainRpc answering(String text, boolean forever) {
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            do {
              out.write(text.getBytes(StandardCharsets.UTF_8));
              out.flush();
            } while (forever);
          }
        });
    return new PlainRpc(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), LIMITS);
  }

  @Test
  void ask_answer_isTheResult() throws Exception {
    assertEquals(7, answering("{\"id\":1,\"result\":7}", false).ask("x").asInt());
  }

  @Test
  void ask_longerThanTheLimit_isRefused() {
    PlainRpc rpc = answering(" ".repeat(600), true);
    assertThrows(IOException.class, () -> rpc.ask("x"));
  }

  /** Nothing comes, and the answer does not end. */
  @Test
  void ask_answerThatDoesNotEnd_isRefused() {
    PlainRpc rpc = answering("", true);
    assertThrows(IOException.class, () -> rpc.ask("x"));
  }

  @Test
  void ask_rubbish_isRefused() {
    for (String text : new String[] {"", "{}", "null", "[]", "<html>", "{\"error\":1}"}) {
      PlainRpc rpc = answering(text, false);
      assertThrows(IOException.class, () -> rpc.ask("x"), text);
      server.removeContext("/");
    }
  }
}
