package dev.opml.ethereum.anvil;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.opml.ethereum.rpc.RpcLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a node anything, its own methods included. It believes what the node says: for tests and
 * demonstrations. An answer is read for a minute, and up to 32 MiB.
 */
public final class PlainRpc {
  private static final RpcLimits LIMITS =
      new RpcLimits(
          RpcLimits.DEFAULT.answerBytes(),
          RpcLimits.DEFAULT.answerTokens(),
          RpcLimits.DEFAULT.logs(),
          Duration.ofMinutes(1)); // to make many blocks takes a while

  /** Longest text of an error that is repeated, in characters. */
  private static final int MOST_TEXT = 1_000;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;
  private final RpcLimits limits;

  /** Asks the node at an address. */
  public PlainRpc(URI address) {
    this(address, LIMITS);
  }

  PlainRpc(URI address, RpcLimits limits) {
    this.address = address;
    this.limits = limits;
  }

  /**
   * Asks.
   *
   * @throws IOException if it answers an error, or not at all
   */
  public JsonNode ask(String method, Object... parameters)
      throws IOException, InterruptedException {
    Map<String, Object> question =
        Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(parameters));
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(question)))
            .build();
    JsonNode read = json.readTree(body(method, request));
    if (!read.has("result")) {
      throw new IOException(method + ": " + beginning(read.path("error").toString()));
    }
    return read.path("result");
  }

  private byte[] body(String method, HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.answerBytes()));
    try {
      return exchange.get(limits.timeout().toNanos(), TimeUnit.NANOSECONDS).body();
    } catch (TimeoutException e) {
      boolean _ = exchange.cancel(true);
      throw new IOException(method + ": no answer within " + limits.timeout(), e);
    } catch (ExecutionException e) {
      throw new IOException(method + ": " + e.getCause(), e);
    }
  }

  private static String beginning(String text) {
    return text.substring(0, Math.min(text.length(), MOST_TEXT));
  }
}
