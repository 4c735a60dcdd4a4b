package dev.opml.dispute.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Address;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.ClaimView;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.chain.RequestView;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.chain.Windows;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what the events say of an arbiter with what the arbiter itself says, field by field: all
 * events at once, which forget nothing, and a follower that was there all the time and forgets.
 */
public final class Mirror {
  private final Arbiter arbiter;
  private final Windows windows;
  private final ChainFollower follower;

  /** A mirror of the chain of a connection, for its account. */
  public Mirror(Arbiter arbiter) {
    this(arbiter, arbiter);
  }

  /**
   * A mirror.
   *
   * @param arbiter says what is true
   * @param chain is followed
   */
  public Mirror(Arbiter arbiter, ChainReader chain) {
    this.arbiter = arbiter;
    this.windows = Windows.of(arbiter.deployment().parameters());
    this.follower = new ChainFollower(chain, arbiter.deployment().parameters(), arbiter.account());
  }

  /** The follower. */
  public ChainFollower follower() {
    return follower;
  }

  /** Follows the chain to its newest block and compares. */
  public void assertTellsTheSame() {
    follower.refresh();
    assertTellsTheSame(follower.latest());
  }

  /**
   * Follows a chain whose endpoint may fail, and compares if it came to the newest block.
   *
   * @return whether it did
   */
  public boolean assertTellsTheSameIfItCan() {
    try {
      follower.refresh();
    } catch (UnknownBlockException | IllegalStateException e) {
      return false;
    }
    boolean newest = follower.latest().head().equals(arbiter.head(Finality.LATEST));
    if (newest) {
      assertTellsTheSame(follower.latest());
    }
    return newest;
  }

  /** Compares with a view of the chain's newest block. */
  public void assertTellsTheSame(ChainView followed) {
    Header head = arbiter.head(Finality.LATEST);
    assertEquals(head, followed.head());
    assertEquals(arbiter.funds(arbiter.account(), head.hash()), followed.funds());
    assertFollowed(events(arbiter, head), head, followed);
  }

  /** The events of a chain from its first block to one of its newest two. */
  private static List<LoggedEvent> events(ChainReader chain, Header head) {
    List<List<LoggedEvent>> blocks = new ArrayList<>();
    for (Header at = head;
        !at.hash().equals(BlockHash.NONE);
        at = at.parent().equals(BlockHash.NONE) ? Header.START : chain.header(at.parent())) {
      blocks.addFirst(chain.events(at.hash()));
    }
    return blocks.stream().flatMap(List::stream).toList();
  }

  private void assertFollowed(List<LoggedEvent> events, Header head, ChainView followed) {
    ArbiterFold fold = new ArbiterFold(windows, ArbiterView.START);
    fold.apply(events);
    ArbiterView all = fold.view(head);
    for (LoggedEvent logged : events) {
      assertSame(logged.event(), all);
    }
    all.requests().forEach(it -> assertFollowed(it, all, followed));
    assertTrue(all.requests().containsAll(followed.newest().requests()));
    assertTrue(all.claims().containsAll(followed.newest().claims()));
    assertTrue(all.games().containsAll(followed.newest().games()));
    all.models().forEach(it -> assertEquals(it, followed.model(it.id()).orElseThrow()));
  }

  private void assertSame(ArbiterEvent event, ArbiterView all) {
    switch (event) {
      case ArbiterEvent.ModelRegistered e ->
          assertEquals(arbiter.model(e.model().id()), all.model(e.model().id()));
      case ArbiterEvent.RequestMade e ->
          assertEquals(arbiter.request(e.request()), all.request(e.request()));
      case ArbiterEvent.ClaimSealed e ->
          assertEquals(arbiter.claim(e.claim()), all.claim(e.claim()));
      case GameEvent.Challenged e -> assertEquals(arbiter.game(e.game()), all.game(e.game()));
      default -> {}
    }
  }

  /** A request is followed with all that belongs to it, or it is over for the account. */
  private void assertFollowed(RequestView request, ArbiterView all, ChainView followed) {
    if (followed.request(request.id()).isEmpty()) {
      assertTrue(isOver(request, all, arbiter.account()), request::toString);
      return;
    }
    for (var id : request.claims()) {
      ClaimView claim = all.claim(id).orElseThrow();
      assertEquals(claim, followed.claim(id).orElseThrow());
      claim
          .games()
          .forEach(game -> assertEquals(all.game(game), followed.game(game), game::toString));
    }
  }

  private static boolean isOver(RequestView request, ArbiterView all, Address account) {
    boolean idle =
        request.claims().stream()
            .map(id -> all.claim(id).orElseThrow())
            .allMatch(it -> !it.status().alive() && it.openGames() == 0);
    boolean unpaid =
        request.status() == RequestStatus.FINAL
            && !request.feeGone()
            && all.claim(request.payee().orElseThrow()).orElseThrow().proposer().equals(account);
    boolean answerable =
        request.status() == RequestStatus.OPEN && !request.sealing().isOver(all.head().block());
    return idle && !unpaid && !answerable;
  }
}
