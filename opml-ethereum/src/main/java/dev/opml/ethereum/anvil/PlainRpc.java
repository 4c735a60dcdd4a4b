package dev.opml.ethereum.anvil;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/**
 * Asks a node anything, its own methods included. It believes what the node says and reads answers
 * of any length: for tests and demonstrations.
 */
public final class PlainRpc {
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;

  /** Asks the node at an address. */
  public PlainRpc(URI address) {
    this.address = address;
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
    String answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    JsonNode read = json.readTree(answer);
    if (read.has("error")) {
      throw new IOException(method + ": " + answer);
    }
    return read.path("result");
  }
}
