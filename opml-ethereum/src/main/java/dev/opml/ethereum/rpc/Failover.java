package dev.opml.ethereum.rpc;

import dev.opml.dispute.chain.UnknownBlockException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Several endpoints of a chain, of which one is asked. If it fails or does not know a block, the
 * next is, and it stays with the one that answered. Safe for use by many threads.
 *
 * @param <N> what asks an endpoint
 */
public final class Failover<N> {
  private final List<N> nodes;
  private volatile int preferred;

  /**
   * Makes one.
   *
   * @param nodes the endpoints, the first of which is asked first
   * @throws IllegalArgumentException if there is none
   */
  public Failover(List<N> nodes) {
    this.nodes = List.copyOf(nodes);
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
  }

  /** All endpoints. */
  public List<N> all() {
    return nodes;
  }

  /**
   * The answer of the first that has one.
   *
   * @throws UnknownBlockException if no endpoint knows the block, as far as they answer
   * @throws EthereumRpcException if all fail
   */
  public <T> T ask(Function<N, T> question) {
    List<RuntimeException> failures = new ArrayList<>();
    int first = preferred;
    for (int i = 0; i < nodes.size(); i++) {
      int index = (first + i) % nodes.size();
      try {
        T answer = question.apply(nodes.get(index));
        preferred = index;
        return answer;
      } catch (UnknownBlockException | EthereumRpcException e) {
        failures.add(e);
      }
    }
    throw worst(failures);
  }

  /**
   * First answer of any endpoint that has found something.
   *
   * @return empty if none of those that answer has found anything
   * @throws EthereumRpcException if all fail
   */
  public <T> Optional<T> find(Function<N, Optional<T>> question) {
    List<RuntimeException> failures = new ArrayList<>();
    for (N node : nodes) {
      try {
        Optional<T> found = question.apply(node);
        if (found.isPresent()) {
          return found;
        }
      } catch (UnknownBlockException | EthereumRpcException e) {
        failures.add(e);
      }
    }
    if (failures.size() == nodes.size()) {
      throw worst(failures);
    }
    return Optional.empty();
  }

  /**
   * Tells all; one suffices.
   *
   * @throws EthereumRpcException if all fail
   */
  public void tell(Consumer<N> message) {
    List<RuntimeException> failures = new ArrayList<>();
    for (N node : nodes) {
      try {
        message.accept(node);
      } catch (EthereumRpcException e) {
        failures.add(e);
      }
    }
    if (failures.size() == nodes.size()) {
      throw worst(failures);
    }
  }

  /** An unknown block is what the caller can do something about. */
  private static RuntimeException worst(List<RuntimeException> failures) {
    RuntimeException worst =
        failures.stream()
            .filter(UnknownBlockException.class::isInstance)
            .findFirst()
            .orElse(failures.getFirst());
    failures.remove(worst);
    failures.forEach(worst::addSuppressed);
    return worst;
  }
}
