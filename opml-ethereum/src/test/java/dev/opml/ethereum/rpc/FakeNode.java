package dev.opml.ethereum.rpc;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.web3j.protocol.Web3jService;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;

/** A node that answers whatever a test wants. Its chain has the number 7. */
public final class FakeNode {
  public static final long CHAIN_ID = 7;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RpcLimits LIMITS =
      new RpcLimits(1 << 20, 10_000, 100, Duration.ofMillis(300));

  private final Web3jService service = mock(Web3jService.class);
  private final Map<String, Deque<Function<List<?>, CompletableFuture<JsonAnswer>>>> answers =
      new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  @SuppressWarnings("unchecked")
  public FakeNode() {
    when(service.sendAsync(any(), any()))
        .thenAnswer(call -> answer((Request<?, ?>) call.getArgument(0)));
    answers("eth_chainId", "\"0x7\"");
  }

  private synchronized CompletableFuture<JsonAnswer> answer(Request<?, ?> request) {
    asked.add(request.getMethod());
    var next = answers.getOrDefault(request.getMethod(), new ArrayDeque<>());
    Function<List<?>, CompletableFuture<JsonAnswer>> answer =
        next.size() > 1 ? next.poll() : next.peek();
    if (answer == null) {
      return refusal(-32601, "the method does not exist", null).thenApply(it -> to(it, request));
    }
    return answer.apply(request.getParams()).thenApply(it -> to(it, request));
  }

  private static JsonAnswer to(JsonAnswer answer, Request<?, ?> request) {
    if (answer != null && answer.getId() == 0) {
      answer.setId(request.getId());
    }
    return answer;
  }

  /** Answers a method with JSON from now on; each more given comes after the one before. */
  public FakeNode answers(String method, String... results) {
    answers.remove(method);
    for (String result : results) {
      then(method, () -> CompletableFuture.completedFuture(result(result)));
    }
    return this;
  }

  FakeNode then(String method, Supplier<CompletableFuture<JsonAnswer>> answer) {
    answers.computeIfAbsent(method, _ -> new ArrayDeque<>()).add(_ -> answer.get());
    return this;
  }

  /** Answers what a function makes of the parameters: JSON, or an error if it throws. */
  public FakeNode computes(String method, Function<List<?>, String> answer) {
    answers.remove(method);
    answers
        .computeIfAbsent(method, _ -> new ArrayDeque<>())
        .add(parameters -> {
          try {
            return CompletableFuture.completedFuture(result(answer.apply(parameters)));
          } catch (IllegalStateException e) {
            return refusal(-32005, e.getMessage(), null);
          }
        });
    return this;
  }

  /** Answers with an error. */
  public FakeNode refuses(String method, String message) {
    answers.remove(method);
    return then(method, () -> refusal(-32000, message, null));
  }

  /** Answers with an error that has data, as JSON. */
  public FakeNode refusesWith(String method, String data) {
    answers.remove(method);
    return then(method, () -> refusal(3, "execution reverted", data));
  }

  /** Refuses calls after some blocks, by their hash, with data; others succeed. */
  public FakeNode computesCalls(Map<String, String> refusals) {
    answers.remove("eth_call");
    answers
        .computeIfAbsent("eth_call", _ -> new ArrayDeque<>())
        .add(parameters -> {
          Object block = ((Map<?, ?>) parameters.get(1)).get("blockHash");
          String data = refusals.get(block.toString());
          return data == null
              ? CompletableFuture.completedFuture(result("\"0x\""))
              : refusal(3, "execution reverted", "\"" + data + "\"");
        });
    return this;
  }

  /** Never answers. */
  public FakeNode hangs(String method) {
    answers.remove(method);
    return then(method, CompletableFuture::new);
  }

  static JsonAnswer result(String json) {
    try {
      JsonAnswer answer = new JsonAnswer();
      JsonNode result = JSON.readTree(json);
      answer.setResult(result);
      return answer;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  static CompletableFuture<JsonAnswer> refusal(int code, String message, String data) {
    JsonAnswer answer = new JsonAnswer();
    Response.Error error = new Response.Error(code, message);
    error.setData(data);
    answer.setError(error);
    return CompletableFuture.completedFuture(answer);
  }

  /** Number of times that a method was asked. */
  public synchronized long asked(String method) {
    return asked.stream().filter(method::equals).count();
  }

  Web3jService service() {
    return service;
  }

  public Endpoint endpoint() {
    return new Endpoint("fake", service, LIMITS, Endpoint.HeaderCheck.NONE);
  }

  public BlockNode blocks() {
    return new BlockNode(endpoint(), CHAIN_ID);
  }

  public TransactionNode transactions() {
    return new TransactionNode(endpoint(), CHAIN_ID);
  }

  /** A block of which nobody checks the hash: its number, and that of the block before. */
  public static String block(long number) {
    return block(number, hash(number));
  }

  public static String block(long number, String hash) {
    return """
    {"hash":"%s","parentHash":"%s","number":"0x%x","timestamp":"0x%x","baseFeePerGas":"0x7"}
    """
        .formatted(hash, hash(number - 1), number, 1000 + 12 * number);
  }

  public static String hash(long number) {
    return "0x%064x".formatted(0xb10cL << 32 | number);
  }

  /** A log of the contract with the address 0xaa…aa. */
  public static String log(long number, String hash, long index, String topics, String data) {
    return """
    {"address":"0x%s","blockHash":"%s","blockNumber":"0x%x","logIndex":"0x%x","topics":%s,
    "data":"%s","removed":false}
    """
        .formatted("aa".repeat(20), hash, number, index, topics, data);
  }
}
