package dev.opml.dispute.local;

import dev.opml.api.ModelId;
import dev.opml.api.TokenIds;
import dev.opml.api.image.Registration;
import dev.opml.api.trace.Witness;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Reveal;
import dev.opml.dispute.game.MachineOpening;
import dev.opml.dispute.game.OpenedSegment;
import dev.opml.dispute.game.Opening;
import dev.opml.dispute.game.PositionSummary;
import dev.opml.dispute.game.Subdivision;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** One account's view of a {@link LocalArbiter}. */
record LocalConnection(LocalArbiter arbiter, Address account) implements Arbiter {
  @Override
  public Deployment deployment() {
    return arbiter.deployment();
  }

  @Override
  public Header head(Finality finality) {
    return block((log, now) ->
        switch (finality) {
          case LATEST -> log.head(now);
          case SAFE, FINALIZED -> log.finalized(now);
        });
  }

  @Override
  public Header header(BlockHash hash) {
    return block((log, _) -> log.header(hash));
  }

  @Override
  public Header finalHeader(long number) {
    return block((log, now) -> log.finalHeader(number, now));
  }

  @Override
  public List<LoggedEvent> events(BlockHash block) {
    return block((log, _) -> log.events(block));
  }

  @Override
  public List<LoggedEvent> finalEvents(long from, Header to) {
    return block((log, now) -> log.finalEvents(from, to, now));
  }

  @Override
  public Funds funds(Address holder, BlockHash block) {
    return block((log, _) -> arbiter.ground().ledger().funds(holder, log.change(block)));
  }

  private <T> T block(BiFunction<BlockLog, Block, T> reading) {
    return arbiter.read(() -> reading.apply(arbiter.ground().blocks(), arbiter.now()));
  }

  @Override
  public Optional<ModelView> model(ModelId id) {
    return arbiter.read(() -> arbiter.requests().model(id));
  }

  @Override
  public Optional<RequestView> request(RequestId id) {
    return arbiter.read(() ->
        arbiter
            .requests()
            .find(id)
            .map(request -> request.view(arbiter.ground().log().claims(id))));
  }

  @Override
  public Optional<ClaimView> claim(ClaimId id) {
    return arbiter.read(
        () -> arbiter.claims().find(id).map(claim -> claim.view(arbiter.ground().log().games(id))));
  }

  @Override
  public Optional<GameView> game(GameId id) {
    return arbiter.read(
        () -> arbiter.games().find(id).map(game -> game.view(arbiter.ground().log().position(id))));
  }

  @Override
  public ModelId register(Registration registration, ModelSource source) {
    return arbiter.transact(() -> arbiter.requests().register(account, registration, source));
  }

  @Override
  public RequestId request(RequestTerms terms) {
    return arbiter.transact(() -> arbiter.requests().open(account, terms));
  }

  @Override
  public ClaimId seal(RequestId request, Seal seal, TokenIds output) {
    return arbiter.transact(() -> arbiter.claims().seal(account, request, seal, output));
  }

  @Override
  public void reveal(ClaimId claim, Reveal reveal) {
    send(() -> arbiter.claims().reveal(account, claim, reveal));
  }

  @Override
  public void expire(ClaimId claim) {
    send(() -> arbiter.claims().expire(claim));
  }

  @Override
  public GameId challenge(ClaimId claim, Opening opening) {
    return arbiter.transact(() -> arbiter.games().challenge(account, claim, opening));
  }

  @Override
  public void subdivide(OpenedSegment answered, Subdivision move) {
    send(() -> arbiter.games().subdivide(account, answered, move));
  }

  @Override
  public void openMachine(OpenedSegment answered, MachineOpening move) {
    send(() -> arbiter.games().openMachine(account, answered, move));
  }

  @Override
  public void submitWitness(OpenedSegment answered, Witness witness) {
    send(() -> arbiter.games().submitWitness(account, answered, witness));
  }

  @Override
  public void timeOut(PositionSummary stored) {
    send(() -> arbiter.games().timeOut(stored));
  }

  @Override
  public void close(PositionSummary stored) {
    send(() -> arbiter.games().close(stored));
  }

  @Override
  public void settle(ClaimId claim) {
    send(() -> arbiter.claims().settle(claim));
  }

  @Override
  public void payFee(RequestId request) {
    send(() -> arbiter.claims().payFee(request));
  }

  @Override
  public void refund(RequestId request) {
    send(() -> arbiter.requests().refund(request));
  }

  @Override
  public Wei withdraw() {
    return arbiter.transact(() -> {
      Wei amount = arbiter.ground().ledger().withdraw(account);
      arbiter.ground().emit(new ArbiterEvent.Withdrawn(account, amount));
      return amount;
    });
  }

  private void send(Runnable transaction) {
    arbiter.transact(() -> {
      transaction.run();
      return account;
    });
  }
}
