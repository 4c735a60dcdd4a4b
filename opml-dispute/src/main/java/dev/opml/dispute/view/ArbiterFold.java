package dev.opml.dispute.view;

import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Windows;
import dev.opml.dispute.game.Position;
import dev.opml.dispute.game.Side;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Applies events to the state of an arbiter. What an event says of something that is not known is
 * passed over: it was forgotten, or an endpoint gives nonsense, which is found out when that is
 * checked which money is staked on.
 */
final class ArbiterFold {
  private final Windows windows;
  private final Map<ModelId, ModelView> models;
  private final Map<RequestId, RequestView> requests;
  private final Map<ClaimId, ClaimView> claims;
  private final Map<GameId, GameView> games;

  /** Begins with a state, which stays as it is. */
  ArbiterFold(Windows windows, ArbiterView from) {
    this.windows = windows;
    this.models = new LinkedHashMap<>(from.modelsById());
    this.requests = new LinkedHashMap<>(from.requestsById());
    this.claims = new LinkedHashMap<>(from.claimsById());
    this.games = new LinkedHashMap<>(from.gamesById());
  }

  /** Ends; nothing may be applied after this. */
  ArbiterView view(Header head) {
    return new ArbiterView(head, models, requests, claims, games);
  }

  void apply(List<LoggedEvent> events) {
    events.forEach(logged -> apply(logged.block(), logged.event()));
  }

  private void apply(Block block, ArbiterEvent event) {
    switch (event) {
      case ArbiterEvent.ModelRegistered e -> models.putIfAbsent(e.model().id(), e.model());
      case ArbiterEvent.RequestMade e -> requests.putIfAbsent(e.request(), made(e, block));
      case ArbiterEvent.SealingExtended e ->
          change(e.request(), it -> it.sealing = windows.sealing(block, e.sealingDeadline()));
      case ArbiterEvent.RequestFinal e -> change(e.request(), it -> decide(it, e.claim()));
      case ArbiterEvent.FeePaid e -> change(e.request(), it -> it.feeGone = true);
      case ArbiterEvent.Refunded e -> change(e.request(), ArbiterFold::refund);
      case ArbiterEvent.ClaimSealed e -> seal(e, block);
      case ArbiterEvent.ClaimRevealed e -> reveal(e, block);
      case ArbiterEvent.ClaimExpired e -> decide(e.claim(), ClaimStatus.EXPIRED);
      case ArbiterEvent.ClaimRefuted e -> {
        decide(e.claim(), ClaimStatus.REFUTED);
        change(e.claim(), it -> it.quota = e.quota());
      }
      case ArbiterEvent.ClaimFinal e -> {
        decide(e.claim(), ClaimStatus.FINAL);
        joinFinal(e.claim());
      }
      case ArbiterEvent.Withdrawn _ -> {}
      case GameEvent.Challenged e -> challenge(e);
      case GameEvent.Subdivided e -> move(e.game(), e.position());
      case GameEvent.MachineOpened e -> move(e.game(), e.position());
      case GameEvent.InstructionExecuted _ -> {}
      case GameEvent.Ended e -> end(e);
    }
  }

  private RequestView made(ArbiterEvent.RequestMade made, Block block) {
    return new RequestView(
        made.request(),
        made.requester(),
        made.terms(),
        made.inputRoot(),
        made.initialRoot(),
        made.traceLength(),
        RequestStatus.OPEN,
        windows.sealing(block, made.terms().sealingDeadline()),
        0,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static void decide(RequestDraft request, ClaimId claim) {
    request.status = RequestStatus.FINAL;
    request.finalClaim = Optional.of(claim);
    request.payee = Optional.of(claim);
  }

  private static void refund(RequestDraft request) {
    request.status = RequestStatus.REFUNDED;
    request.feeGone = true;
  }

  private void seal(ArbiterEvent.ClaimSealed sealed, Block block) {
    RequestView request = requests.get(sealed.request());
    if (request == null || claims.containsKey(sealed.claim())) {
      return;
    }
    change(
        request.id(),
        it -> {
          it.claims.add(sealed.claim());
          it.liveClaims++;
        });
    claims.put(
        sealed.claim(),
        new ClaimView(
            sealed.claim(),
            sealed.request(),
            sealed.number(),
            sealed.proposer(),
            sealed.seal(),
            sealed.output(),
            sealed.outputRoot(),
            ClaimStatus.SEALED,
            windows.revealDelay(block),
            windows.reveal(block, request.traceLength()),
            Optional.empty(),
            Optional.empty(),
            0,
            List.of(),
            Wei.ZERO));
  }

  private void reveal(ArbiterEvent.ClaimRevealed revealed, Block block) {
    requestOf(revealed.claim())
        .ifPresent(request ->
            change(
                revealed.claim(),
                it -> {
                  it.status = ClaimStatus.REVEALED;
                  it.finalRoot = Optional.of(revealed.finalRoot());
                  it.challenge = Optional.of(windows.challenge(block, request.terms().policy()));
                }));
  }

  private void decide(ClaimId id, ClaimStatus status) {
    change(id, it -> it.status = status);
    requestOf(id).ifPresent(request -> change(request.id(), it -> it.liveClaims--));
  }

  /** A claim that is final with the final root, and was sealed before the payee, is the payee. */
  private void joinFinal(ClaimId id) {
    Optional.ofNullable(claims.get(id))
        .filter(this::earns)
        .ifPresent(claim -> change(claim.request(), it -> it.payee = Optional.of(id)));
  }

  private boolean earns(ClaimView claim) {
    return requestOf(claim.id())
        .flatMap(RequestView::payee)
        .map(claims::get)
        .filter(payee -> claim.number() < payee.number())
        .filter(payee -> claim.finalRoot().equals(payee.finalRoot()))
        .isPresent();
  }

  private void challenge(GameEvent.Challenged challenged) {
    ClaimView claim = claims.get(challenged.claim());
    if (claim == null || games.containsKey(challenged.game())) {
      return;
    }
    change(
        claim.id(),
        it -> {
          it.games.add(challenged.game());
          it.openGames++;
        });
    games.put(
        challenged.game(),
        new GameView(
            challenged.game(),
            claim.id(),
            claim.proposer(),
            challenged.challenger(),
            GameStatus.OPEN,
            challenged.position().hash(),
            challenged.position()));
  }

  private void move(GameId id, Position position) {
    games.computeIfPresent(id, (_, game) -> after(game, game.status(), position));
  }

  private static GameView after(GameView game, GameStatus status, Position position) {
    return new GameView(
        game.id(),
        game.claim(),
        game.proposer(),
        game.challenger(),
        status,
        position.hash(),
        position);
  }

  private void end(GameEvent.Ended ended) {
    GameView game = games.get(ended.game());
    if (game == null) {
      return;
    }
    GameStatus status =
        ended
            .winner()
            .map(it -> it == Side.PROPOSER ? GameStatus.PROPOSER_WON : GameStatus.CHALLENGER_WON)
            .orElse(GameStatus.CLOSED);
    games.put(game.id(), after(game, status, game.position()));
    change(game.claim(), it -> it.openGames--);
  }

  private Optional<RequestView> requestOf(ClaimId id) {
    return Optional.ofNullable(claims.get(id)).map(ClaimView::request).map(requests::get);
  }

  private void change(RequestId id, Consumer<RequestDraft> change) {
    requests.computeIfPresent(
        id,
        (_, before) -> {
          RequestDraft draft = new RequestDraft(before);
          change.accept(draft);
          return draft.view();
        });
  }

  private void change(ClaimId id, Consumer<ClaimDraft> change) {
    claims.computeIfPresent(
        id,
        (_, before) -> {
          ClaimDraft draft = new ClaimDraft(before);
          change.accept(draft);
          return draft.view();
        });
  }

  /**
   * Forgets each request, with its claims and games, about which an account has nothing to do any
   * more. Only what can never change again may be forgotten.
   *
   * @param last the block that all events so far are of or before
   */
  void forgetWhatIsOver(Block last, Address account) {
    List<RequestView> over =
        requests.values().stream().filter(request -> isOver(request, last, account)).toList();
    for (RequestView request : over) {
      requests.remove(request.id());
      for (ClaimId id : request.claims()) {
        Optional.ofNullable(claims.remove(id)).ifPresent(it -> it.games().forEach(games::remove));
      }
    }
  }

  private boolean isOver(RequestView request, Block last, Address account) {
    return request.liveClaims() == 0
        && request.claims().stream().map(claims::get).allMatch(it -> it.openGames() == 0)
        && switch (request.status()) {
          // Nobody has to refund what nobody can answer.
          case OPEN -> request.sealing().isOver(last);
          case FINAL -> request.feeGone() || !isPaid(request, account);
          case REFUNDED -> true;
        };
  }

  /** Whether the fee is an account's to collect; others may leave theirs for ever. */
  private boolean isPaid(RequestView request, Address account) {
    return request
        .payee()
        .map(claims::get)
        .filter(payee -> payee.proposer().equals(account))
        .isPresent();
  }
}
