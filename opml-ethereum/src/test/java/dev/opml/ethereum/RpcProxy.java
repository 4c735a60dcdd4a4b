package dev.opml.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.opml.ethereum.rpc.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;

/** An endpoint that passes questions on to a node, and may change what that says. */
final class RpcProxy implements AutoCloseable {
  /** Changes answers. */
  @FunctionalInterface
  interface Change {
    /** Of an endpoint that is honest. */
    Change NONE = (_, answer) -> answer;

    /**
     * The answer to a question.
     *
     * @param question with method and params
     * @param answer what the node answers, with a result or an error; may be changed
     */
    JsonNode apply(JsonNode question, ObjectNode answer);
  }

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;
  private final Change change;
  private volatile URI node;

  RpcProxy(URI node, Change change) throws IOException {
    this.node = node;
    this.change = change;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** Asks another node from now on. */
  void turnTo(URI other) {
    node = other;
  }

  Endpoint endpoint() {
    return Endpoint.http(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] question = exchange.getRequestBody().readAllBytes();
      HttpRequest request =
          HttpRequest.newBuilder(node)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(question))
              .build();
      byte[] answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
      byte[] changed =
          json.writeValueAsBytes(
              change.apply(json.readTree(question), (ObjectNode) json.readTree(answer)));
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, changed.length);
      exchange.getResponseBody().write(changed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
