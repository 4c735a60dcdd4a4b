package dev.opml.ethereum.rpc;

import static dev.opml.ethereum.rpc.EthereumRpcException.Kind;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;

/** Asks one endpoint, and waits no longer than its limits say. */
final class JsonRpc {
  private static final String CHAIN_ID = "eth_chainId";

  private final Endpoint endpoint;
  private final long chainId;
  private volatile boolean isOnChain;

  /**
   * Asks an endpoint.
   *
   * @param chainId number of the chain that it has to follow
   */
  JsonRpc(Endpoint endpoint, long chainId) {
    this.endpoint = endpoint;
    this.chainId = chainId;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /**
   * The result of a method, which may be null.
   *
   * @throws EthereumRpcException if there is none, or the endpoint follows another chain
   * @throws CancellationException if the thread is interrupted, which it then stays
   */
  Answer ask(String method, Object... parameters) {
    if (!isOnChain) {
      long actual = askAnyChain(CHAIN_ID).number();
      if (actual != chainId) {
        throw failure(CHAIN_ID, Kind.MALFORMED, "chain " + actual + " instead of " + chainId);
      }
      isOnChain = true;
    }
    return askAnyChain(method, parameters);
  }

  private Answer askAnyChain(String method, Object... parameters) {
    Request<Object, JsonAnswer> request =
        new Request<>(method, List.of(parameters), endpoint.service(), JsonAnswer.class);
    JsonAnswer answer = await(method, send(method, request));
    if (answer == null) {
      throw failure(method, Kind.MALFORMED, "no answer", null);
    }
    if (answer.hasError()) {
      throw refused(method, answer.getError());
    }
    JsonNode result = answer.getResult();
    if (answer.getId() != request.getId() || result == null) {
      throw failure(method, Kind.MALFORMED, "an answer to another question, or without a result");
    }
    return new Answer(result, "result", why -> failure(method, Kind.MALFORMED, why));
  }

  private CompletableFuture<JsonAnswer> send(String method, Request<Object, JsonAnswer> request) {
    CompletableFuture<JsonAnswer> future;
    try {
      future = endpoint.service().sendAsync(request, JsonAnswer.class);
    } catch (RuntimeException e) {
      throw failure(method, Kind.UNREACHABLE, e.getMessage(), e);
    }
    if (future == null) {
      throw failure(method, Kind.UNREACHABLE, "the service sends nothing", null);
    }
    return future;
  }

  private @Nullable JsonAnswer await(String method, CompletableFuture<JsonAnswer> future) {
    try {
      return future.get(endpoint.limits().timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      String waited = "no answer within " + endpoint.limits().timeout();
      throw failure(method, Kind.TIMEOUT, waited, e);
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      CancellationException cancelled =
          new CancellationException("interrupted while asking " + endpoint.name());
      cancelled.initCause(e);
      throw cancelled;
    } catch (CancellationException e) {
      throw failure(method, Kind.BROKEN_OFF, e.getMessage(), e);
    } catch (ExecutionException e) {
      throw failed(method, e);
    }
  }

  private EthereumRpcException failed(String method, ExecutionException e) {
    Throwable cause = e;
    while (cause.getCause() != null
        && (cause instanceof ExecutionException || cause instanceof CompletionException)) {
      cause = cause.getCause();
    }
    if (cause instanceof Error error) {
      throw error;
    }
    Kind kind =
        switch (cause) {
          case ConnectException _, HttpConnectTimeoutException _ -> Kind.UNREACHABLE;
          case HttpTimeoutException _ -> Kind.TIMEOUT;
          case JsonProcessingException _ -> Kind.MALFORMED;
          case HttpStatusException _ -> Kind.ERROR;
          default -> Kind.BROKEN_OFF;
        };
    return failure(method, kind, cause.getMessage(), cause);
  }

  private EthereumRpcException refused(String method, Response.Error error) {
    String text = error.getCode() + " " + error.getMessage();
    String data = error.getData();
    return new EthereumRpcException(endpoint.name(), method, Kind.ERROR, text, data, null);
  }

  EthereumRpcException failure(String method, Kind kind, String text) {
    return failure(method, kind, text, null);
  }

  EthereumRpcException failure(
      String method, Kind kind, @Nullable String text, @Nullable Throwable cause) {
    return new EthereumRpcException(endpoint.name(), method, kind, text, null, cause);
  }
}
