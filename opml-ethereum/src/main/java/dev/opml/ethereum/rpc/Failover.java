package dev.opml.ethereum.rpc;

import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.ethereum.rpc.EthereumRpcException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Several endpoints of a chain. Of 2f + 1 endpoints f may fail, lag or lie: what f + 1 say, one
 * says that does not. So one endpoint, or two, are believed; of three, two have to agree. An
 * endpoint that is slow is not waited for if others do. Safe for use by many threads.
 *
 * @param <N> what asks an endpoint; its text names it
 */
public final class Failover<N> {
  private static final Duration HEDGE = Duration.ofSeconds(2);
  private static final Duration STRAGGLERS = Duration.ofSeconds(1);

  private final List<N> nodes;

  /** Waited for an answer until another endpoint is asked as well. */
  private final Duration hedge;

  /** Waited for the others once as many have answered as have to agree. */
  private final Duration stragglers;

  /** Those first that answered last. */
  private volatile List<N> order;

  /**
   * Makes one.
   *
   * @param nodes the endpoints, the first of which is asked first
   * @throws IllegalArgumentException if there is none
   */
  public Failover(List<N> nodes) {
    this(nodes, HEDGE, STRAGGLERS);
  }

  Failover(List<N> nodes, Duration hedge, Duration stragglers) {
    this.nodes = List.copyOf(nodes);
    this.hedge = hedge;
    this.stragglers = stragglers;
    this.order = this.nodes;
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
  }

  /** Number of endpoints. */
  public int size() {
    return nodes.size();
  }

  /** Number of endpoints that have to agree: f + 1 of 2f + 1. */
  public int quorum() {
    return (nodes.size() + 1) / 2;
  }

  /**
   * The answer that as many endpoints give as have to agree. No more are asked than that needs.
   *
   * @throws UnknownBlockException if too few know the block
   * @throws EthereumRpcException if too few answer, or they contradict each other
   */
  public <T> T ask(Function<N, T> question) {
    Tally<N, T> tally = new Tally<>();
    try (Round<N, T> round = new Round<>(question, nodes.size() == 1)) {
      Iterator<N> others = order.iterator();
      while (round.running() > 0 || others.hasNext()) {
        if (others.hasNext() && round.running() + tally.most() < quorum()) {
          round.start(others.next());
          continue;
        }
        Optional<Reply<N, T>> reply = others.hasNext() ? round.next(hedge) : round.next();
        if (reply.isEmpty()) {
          round.start(others.next());
          continue;
        }
        Optional<T> agreed = tally.add(reply.get(), quorum());
        if (agreed.isPresent()) {
          order = Stream.concat(tally.saying(agreed.get()), order.stream()).distinct().toList();
          return agreed.get();
        }
      }
    }
    throw tally.failure();
  }

  /**
   * All answers that come in time, of as many as have to agree if so many answer: else a liar would
   * only have to be quick. All endpoints are asked at once.
   *
   * @return at least one
   * @throws UnknownBlockException if none answers, and one does not know the block
   * @throws EthereumRpcException if all fail
   */
  public <T> List<T> gather(Function<N, T> question) {
    return gather(question, nodes.size(), _ -> false).answers();
  }

  /**
   * The highest number that as many endpoints reach as have to agree.
   *
   * @throws EthereumRpcException if fewer answer
   */
  public long reached(Function<N, Long> question) {
    Tally<N, Long> tally = gather(question, nodes.size(), _ -> false);
    if (tally.size() < quorum()) {
      throw tally.failure();
    }
    return tally.answers().stream().sorted(Comparator.reverseOrder()).toList().get(quorum() - 1);
  }

  /**
   * Finds something that proves itself, so that one endpoint suffices.
   *
   * @return empty if none of those that answer has found anything
   * @throws EthereumRpcException if all fail
   */
  public <T> Optional<T> find(Function<N, Optional<T>> question) {
    return found(question, 1);
  }

  /**
   * Finds what as many endpoints have found as have to agree.
   *
   * @return empty if fewer have
   * @throws EthereumRpcException if all fail
   */
  public <T> Optional<T> findAgreed(Function<N, Optional<T>> question) {
    return found(question, quorum());
  }

  private <T> Optional<T> found(Function<N, Optional<T>> question, int needed) {
    return gather(question, needed, Optional::isPresent)
        .saidBy(needed, Optional::isPresent)
        .flatMap(Function.identity());
  }

  /**
   * Asks all, and waits until enough agree on something that counts, or all have answered, or so
   * many as have to agree have and the rest straggles.
   */
  private <T> Tally<N, T> gather(Function<N, T> question, int enough, Predicate<T> counts) {
    Tally<N, T> tally = new Tally<>();
    try (Round<N, T> round = new Round<>(question, nodes.size() == 1)) {
      nodes.forEach(round::start);
      while (round.running() > 0) {
        Optional<Reply<N, T>> reply =
            tally.size() < quorum() ? round.next() : round.next(stragglers);
        if (reply.isEmpty() || tally.add(reply.get(), enough).filter(counts).isPresent()) {
          break;
        }
      }
    }
    if (tally.most() == 0) {
      throw tally.failure();
    }
    return tally;
  }

  /**
   * Tells all; one suffices. Those that are slow are told all the same, but not waited for.
   *
   * @throws EthereumRpcException if all fail
   */
  public void tell(Consumer<N> message) {
    Tally<N, Boolean> tally = new Tally<>();
    Round<N, Boolean> round =
        new Round<>(
            node -> {
              message.accept(node);
              return true;
            },
            nodes.size() == 1);
    nodes.forEach(round::start);
    while (round.running() > 0) {
      Optional<Reply<N, Boolean>> reply = tally.most() == 0 ? round.next() : round.next(stragglers);
      if (reply.isEmpty()) {
        return;
      }
      tally.add(reply.get(), nodes.size());
    }
    if (tally.most() == 0) {
      throw tally.failure();
    }
  }

  /** Answers and failures of the endpoints that were asked a question. */
  private static final class Tally<N, T> {
    private final Map<T, List<N>> answers = new LinkedHashMap<>();
    private final List<RuntimeException> failures = new ArrayList<>();

    /** Takes in what one says; returns its answer if enough have said the same. */
    Optional<T> add(Reply<N, T> reply, int enough) {
      switch (reply) {
        case Reply.Answer<N, T>(N node, T value) -> {
          List<N> same = answers.computeIfAbsent(value, _ -> new ArrayList<>());
          same.add(node);
          return same.size() >= enough ? Optional.of(value) : Optional.empty();
        }
        case Reply.Failure<N, T>(RuntimeException why) -> failures.add(why);
      }
      return Optional.empty();
    }

    /** Number of those that have answered. */
    int size() {
      return answers.values().stream().mapToInt(List::size).sum();
    }

    /** Number of those that gave the answer which most have given; 0 if there is none. */
    int most() {
      return answers.values().stream().mapToInt(List::size).max().orElse(0);
    }

    Optional<T> saidBy(int enough, Predicate<T> counts) {
      return answers.entrySet().stream()
          .filter(it -> it.getValue().size() >= enough && counts.test(it.getKey()))
          .map(Map.Entry::getKey)
          .findFirst();
    }

    Stream<N> saying(T value) {
      return answers.getOrDefault(value, List.of()).stream();
    }

    /** Each answer as often as it was given. */
    List<T> answers() {
      return answers.entrySet().stream()
          .flatMap(it -> it.getValue().stream().map(_ -> it.getKey()))
          .toList();
    }

    /** An unknown block is what the caller can do something about. */
    RuntimeException failure() {
      List<RuntimeException> all = new ArrayList<>(failures);
      if (answers.size() > 1) {
        all.addFirst(contradiction());
      }
      RuntimeException worst =
          all.stream()
              .filter(UnknownBlockException.class::isInstance)
              .findFirst()
              .orElse(all.getFirst());
      all.stream().filter(it -> !it.equals(worst)).forEach(worst::addSuppressed);
      return worst;
    }

    private EthereumRpcException contradiction() {
      String who = String.join(", ", answers.values().stream().map(List::toString).toList());
      return new EthereumRpcException(
          who, "a question", Kind.MALFORMED, "endpoints contradict each other", null, null);
    }
  }
}
