package dev.opml.dispute.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.MisplacedEventException;
import dev.opml.dispute.chain.ModelSource;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.local.UnrulyChain;
import dev.opml.dispute.toy.Arena;
import dev.opml.dispute.toy.Endpoints;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The follower on a chain that is reorganised, through endpoints that lag. */
class ReorganisedViewTest {
  private static final int FINALITY = 6;

  private final Arena arena = new Arena();
  private final UnrulyChain chain = new UnrulyChain(arena, FINALITY, 3);
  private final ChainFollower follower =
      new ChainFollower(chain.connect(Arena.STRANGER), arena.parameters, Arena.STRANGER);
  private final RequestId request;

  ReorganisedViewTest() {
    chain.fund(Arena.REQUESTER, Wei.ether(100));
    Arbiter requester = chain.truth(Arena.REQUESTER);
    requester.register(arena.model.registration(), new ModelSource(Bytes32.ZERO, "toy"));
    request =
        requester.request(
            new RequestTerms(
                arena.model.id(),
                arena.inference,
                Arena.FEE,
                chain.now().time() + 4000,
                Arena.REQUESTER,
                FinalityPolicy.least(arena.parameters, arena.truth.length()),
                0));
  }

  @BeforeEach
  void follow() {
    follower.refresh();
  }

  private Header newest() {
    return chain.truth(Arena.STRANGER).head(Finality.LATEST);
  }

  private void mine(int blocks) {
    for (int i = 0; i < blocks; i++) {
      chain.mine(12);
    }
  }

  @Test
  void refresh_blockIsReplaced_tellsWhatTheOtherSays() {
    assertTrue(follower.latest().request(request).isPresent());
    chain.removeTransactions(1);
    assertTrue(follower.refresh().request(request).isEmpty());
    assertEquals(newest(), follower.latest().head());
  }

  /** Twice the same block number, and an empty answer about neither. */
  @Test
  void refresh_endpointLags_takesNothingBack() {
    ChainView before = follower.latest();
    for (int lag = 1; lag < 3 * FINALITY; lag++) {
      chain.setLag(lag);
      assertSame(before, follower.refresh());
    }
    chain.setLag(0);
    mine(2 * FINALITY);
    before = follower.refresh();
    for (int lag = 1; lag < 3 * FINALITY; lag++) {
      chain.setLag(lag);
      assertSame(before, follower.refresh());
    }
  }

  @Test
  void refresh_endpointDoesNotKnowABlock_leavesTheViewAsItWas() {
    ChainView before = follower.latest();
    mine(3);
    chain.setMood(new UnrulyChain.Mood(0, 1000, 0, 0));
    assertThrows(UnknownBlockException.class, follower::refresh);
    assertSame(before, follower.latest());
    chain.setMood(UnrulyChain.Mood.GOOD);
    assertEquals(newest(), follower.refresh().head());
  }

  /** As many blocks as a chain has that does not finalize for long; none is read twice. */
  @Test
  void refresh_longUnfinalisedChainAndReadsThatFail_isReadInTheEnd() {
    chain.setFinality(5_000);
    mine(2_000);
    ChainFollower late =
        new ChainFollower(chain.connect(Arena.STRANGER), arena.parameters, Arena.STRANGER);
    chain.setMood(new UnrulyChain.Mood(0, 0, 91, 0));
    int attempts = 0;
    while (!late.latest().head().equals(newest())) {
      assertTrue(attempts++ < 1_000, "it makes no progress");
      try {
        late.refresh();
      } catch (IllegalStateException e) {
        chain.mine(12);
      }
    }
    assertTrue(late.latest().request(request).isPresent());
  }

  /** The network has broken its promise: all is told anew, but people have to know. */
  @Test
  void refresh_finalizedBlockChanged_isToldOnceAndAllIsReadAnew() {
    mine(3 * FINALITY);
    Header before = follower.refresh().finalized().head();
    chain.breakFinality(3 * FINALITY);
    FinalizedBlockChangedException told =
        assertThrows(FinalizedBlockChangedException.class, follower::refresh);
    assertEquals(before.hash(), told.finalized());
    Header instead = chain.truth(Arena.STRANGER).finalHeader(before.number());
    assertEquals(instead.hash(), told.other());
    assertNotEquals(before.hash(), told.other());
    assertEquals(before, follower.latest().finalized().head(), "no view is better than an old one");
    assertEquals(newest(), follower.refresh().head());
    assertEquals(instead, follower.latest().finalized().head());
    assertTrue(follower.latest().request(request).isPresent());
  }

  /** One endpoint of several follows another chain: that is no reason to begin anew. */
  @Test
  void refresh_newestBlockOfAnotherChain_isRefusedAndNothingIsLost() {
    mine(3 * FINALITY);
    UnrulyChain other = new UnrulyChain(arena, FINALITY, 4);
    for (int i = 0; i < 100; i++) {
      other.mine(12);
    }
    Arbiter there = other.connect(Arena.STRANGER);
    boolean[] astray = {false};
    Arbiter here = chain.connect(Arena.STRANGER);
    ChainFollower confused =
        new ChainFollower(
            Endpoints.with(
                here,
                (name, arguments, call) -> {
                  if (!astray[0]) {
                    return call.answer();
                  }
                  return switch (name) {
                    case "head" ->
                        arguments[0] == Finality.LATEST
                            ? there.head(Finality.LATEST)
                            : call.answer();
                    case "header" -> there.header((BlockHash) arguments[0]);
                    case "events" -> there.events((BlockHash) arguments[0]);
                    default -> call.answer();
                  };
                }),
            arena.parameters,
            Arena.STRANGER);
    ChainView before = confused.refresh();
    astray[0] = true;
    assertThrows(FinalizedBlockChangedException.class, confused::refresh);
    astray[0] = false;
    assertSame(before, confused.refresh());
  }

  /** A list that is taken in stays: a claim that it hides would never be seen. */
  @Test
  void refresh_eventsOfOtherBlocksOrNotInOrder_areRefused() {
    chain.truth(Arena.REQUESTER).send(arena.announcement());
    chain.mine(12);
    List<LoggedEvent> events = withEvents();
    LoggedEvent event = events.getFirst();
    for (LoggedEvent wrong :
        List.of(
            new LoggedEvent(BlockHash.NONE, event.block(), 0, event.event()),
            new LoggedEvent(
                event.hash(),
                new Block(event.block().number() + 1, event.block().time()),
                0,
                event.event()),
            new LoggedEvent(event.hash(), event.block(), 1, event.event()))) {
      ChainFollower misled =
          new ChainFollower(
              Endpoints.with(
                  chain.truth(Arena.STRANGER),
                  (name, _, call) -> {
                    Object answer = call.answer();
                    return name.equals("events") && !((List<?>) answer).isEmpty()
                        ? List.of(wrong)
                        : answer;
                  }),
              arena.parameters,
              Arena.STRANGER);
      assertThrows(MisplacedEventException.class, misled::refresh, wrong::toString);
    }
  }

  /** The events of the newest block that has some. */
  private List<LoggedEvent> withEvents() {
    Arbiter truth = chain.truth(Arena.STRANGER);
    Header at = newest();
    while (truth.events(at.hash()).isEmpty()) {
      at = truth.header(at.parent());
    }
    return truth.events(at.hash());
  }
}
