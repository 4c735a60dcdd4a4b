package dev.opml.ethereum;

import dev.opml.api.Bytes32;
import dev.opml.api.ModelId;
import dev.opml.api.image.MemoryRegion;
import dev.opml.dispute.ArbiterIdentity;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.ModelView;
import dev.opml.ethereum.abi.CallFacts;
import dev.opml.ethereum.abi.EventLayout;
import dev.opml.ethereum.abi.MalformedAbiException;
import dev.opml.ethereum.rpc.BlockNode;
import dev.opml.ethereum.rpc.Failover;
import dev.opml.ethereum.rpc.NodeLog;
import dev.opml.merkle.Commitments;
import dev.opml.merkle.InvalidPathException;
import dev.opml.merkle.SiblingPaths;
import dev.opml.merkle.ZeroSubtrees;
import java.util.List;
import java.util.Optional;

/**
 * Facts of models, requests and games, as the arbiter's events say them. What was read already is
 * known; the rest is looked for, by its identity. Each identity is the hash of what it names, which
 * is computed again, so an endpoint can hide something but not change it.
 */
final class RegisteredFacts implements CallFacts {
  private static final int KEPT = 4096;

  private final DeploymentSpec spec;
  private final Failover<BlockNode> nodes;
  private final LogRanges ranges;
  private final Recently<GameId, Match> matches = new Recently<>(KEPT);
  private final Recently<ModelId, ModelView> models = new Recently<>(KEPT);
  private final Recently<RequestId, Wei> bonds = new Recently<>(KEPT);

  RegisteredFacts(DeploymentSpec spec, Failover<BlockNode> nodes) {
    this.spec = spec;
    this.nodes = nodes;
    this.ranges = new LogRanges(spec.identity().arbiter());
  }

  @Override
  public Match match(GameId game) {
    return matches
        .get(game)
        .or(() -> find(EventLayout.CHALLENGED, game.value()).flatMap(_ -> matches.get(game)))
        .orElseThrow(() -> missing(Refusal.UNKNOWN_GAME, "game " + game));
  }

  @Override
  public ModelView model(ModelId model) {
    return nodes
        .find(node -> model(node, model))
        .orElseThrow(() -> missing(Refusal.UNKNOWN_MODEL, "model " + model));
  }

  @Override
  public Wei claimBond(RequestId request) {
    return bonds
        .get(request)
        .or(() -> find(EventLayout.REQUEST_MADE, request.value()).flatMap(_ -> bonds.get(request)))
        .orElseThrow(() -> missing(Refusal.UNKNOWN_REQUEST, "request " + request));
  }

  @Override
  public Wei challengerBond() {
    return spec.parameters().money().challengerBond();
  }

  /** A registered model, as far as an endpoint knows it. */
  private Optional<ModelView> model(BlockNode node, ModelId model) {
    return models
        .get(model)
        .or(() ->
            find(node, EventLayout.MODEL_REGISTERED, model.value())
                .flatMap(_ -> models.get(model)));
  }

  /**
   * Decodes an event that an endpoint told of.
   *
   * @throws MalformedAbiException if the contract has no such event, or the endpoint does not know
   *     the model of a request
   */
  ArbiterEvent decode(BlockNode node, NodeLog log) {
    return EventLayout.decode(
        log.topics(), log.data(), model -> model(node, model).map(ModelView::header));
  }

  private static ArbiterRefusedException missing(Refusal reason, String what) {
    return new ArbiterRefusedException(reason, "no endpoint knows " + what);
  }

  private Optional<ArbiterEvent> find(EventLayout layout, Bytes32 id) {
    return nodes.find(node -> find(node, layout, id));
  }

  private Optional<ArbiterEvent> find(BlockNode node, EventLayout layout, Bytes32 id) {
    long newest = node.head(Finality.LATEST).number();
    List<Bytes32> topics = List.of(layout.topic(), id);
    return ranges.newest(node, spec.firstBlock(), newest, topics, log -> learned(node, log));
  }

  private Optional<ArbiterEvent> learned(BlockNode node, NodeLog log) {
    try {
      return Optional.of(decode(node, log)).filter(this::learn);
    } catch (MalformedAbiException _) {
      return Optional.empty();
    }
  }

  /** Keeps what an event says, if that is so; returns whether it is. */
  boolean learn(ArbiterEvent event) {
    ArbiterIdentity at = spec.identity();
    switch (event) {
      case GameEvent.Challenged it
          when GameId.of(at, it.claim(), it.challenger()).equals(it.game()) ->
          matches.put(it.game(), new Match(it.claim(), it.challenger()));
      case ArbiterEvent.ModelRegistered it when isModel(it.model()) ->
          models.put(it.model().id(), it.model());
      case ArbiterEvent.RequestMade it
          when it.terms().id(at, it.requester()).equals(it.request()) ->
          bonds.put(it.request(), it.terms().policy().bond());
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean isModel(ModelView it) {
    try {
      Bytes32 zero = ZeroSubtrees.root(MemoryRegion.INPUT.height());
      return Commitments.modelId(it.imageRoot(), it.header()).equals(it.id())
          && SiblingPaths.fold(it.inputPath(), MemoryRegion.INPUT, zero)
              .equals(it.imageRoot().value());
    } catch (InvalidPathException _) {
      return false;
    }
  }
}
