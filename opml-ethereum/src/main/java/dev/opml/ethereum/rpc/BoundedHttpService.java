package dev.opml.ethereum.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reactivex.Flowable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.web3j.protocol.Web3jService;
import org.web3j.protocol.core.BatchRequest;
import org.web3j.protocol.core.BatchResponse;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;
import org.web3j.protocol.websocket.events.Notification;

/** Carries JSON-RPC over HTTP, and reads no more of an answer than its limits say. */
@SuppressWarnings("rawtypes") // as in the interface
final class BoundedHttpService implements Web3jService {
  private static final int OK = 200;
  private static final int MOST_NESTING = 64;
  private static final int MOST_DIGITS = 100;

  private final URI address;
  private final RpcLimits limits;
  private final HttpClient client;
  private final ObjectMapper json;

  BoundedHttpService(URI address, RpcLimits limits) {
    this.address = address;
    this.limits = limits;
    this.client = HttpClient.newBuilder().connectTimeout(limits.timeout()).build();
    this.json =
        new ObjectMapper(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(MOST_NESTING)
                            .maxNumberLength(MOST_DIGITS)
                            .maxStringLength(limits.answerBytes())
                            .maxTokenCount(limits.answerTokens())
                            .build())
                    .build())
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
  }

  @Override
  public <T extends Response> CompletableFuture<T> sendAsync(Request request, Class<T> type) {
    CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(http(request), body());
    CompletableFuture<T> answer = exchange.thenApply(response -> read(response, type));
    CompletableFuture<T> _ =
        answer.whenComplete((_, _) -> {
          if (answer.isCancelled()) {
            exchange.cancel(true);
          }
        });
    return answer;
  }

  private HttpRequest http(Request request) {
    try {
      byte[] question =
          json.writeValueAsBytes(
              Map.of(
                  "jsonrpc",
                  "2.0",
                  "method",
                  request.getMethod(),
                  "params",
                  request.getParams(),
                  "id",
                  request.getId()));
      return HttpRequest.newBuilder(address)
          .timeout(limits.timeout())
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(question))
          .build();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BodyHandler<byte[]> body() {
    return BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.answerBytes());
  }

  private <T> T read(HttpResponse<byte[]> response, Class<T> type) {
    // Some endpoints answer with a status and still say in JSON-RPC what was wrong.
    try {
      T answer = json.readValue(response.body(), type);
      if (answer != null) {
        return answer;
      }
    } catch (IOException e) {
      if (response.statusCode() == OK) {
        throw new CompletionException(e);
      }
    }
    throw new CompletionException(new HttpStatusException(response.statusCode()));
  }

  @Override
  public <T extends Response> T send(Request request, Class<T> type) throws IOException {
    try {
      return sendAsync(request, type).join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }

  @Override
  public BatchResponse sendBatch(BatchRequest batch) {
    throw new UnsupportedOperationException("no batches");
  }

  @Override
  public CompletableFuture<BatchResponse> sendBatchAsync(BatchRequest batch) {
    throw new UnsupportedOperationException("no batches");
  }

  @Override
  public <T extends Notification<?>> Flowable<T> subscribe(
      Request request, String unsubscribeMethod, Class<T> type) {
    throw new UnsupportedOperationException("no subscriptions by HTTP");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
