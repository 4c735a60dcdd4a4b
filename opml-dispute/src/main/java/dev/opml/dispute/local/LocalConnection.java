package dev.opml.dispute.local;

import dev.opml.api.ModelId;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.TransactionHash;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterCall;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Deployment;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.ModelView;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.Transaction;
import dev.opml.dispute.chain.TransactionOutcome;
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
  public Transaction sign(ArbiterCall call) {
    return arbiter.read(() -> arbiter.transactions().sign(account, call));
  }

  @Override
  public void broadcast(Transaction transaction) {
    arbiter.include(account, transaction);
  }

  @Override
  public void cancel(TransactionHash transaction, long nonce) {
    arbiter.read(() -> arbiter.transactions().cancel(transaction));
  }

  @Override
  public TransactionOutcome outcome(TransactionHash hash) {
    return arbiter.read(() -> arbiter.transactions().outcome(hash));
  }
}
