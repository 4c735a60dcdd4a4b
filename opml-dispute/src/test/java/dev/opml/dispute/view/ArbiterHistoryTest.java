package dev.opml.dispute.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.toy.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArbiterHistoryTest {
  private final Arena arena = new Arena();
  private final ChainReader chain = mock(ChainReader.class);

  private static Header block(long number, long parent) {
    return new Header(hash(number), hash(parent), new Block(number, 12 * number));
  }

  private static BlockHash hash(long number) {
    return new BlockHash(new Bytes32(number, 0, 0, 0));
  }

  @Test
  void read_claimThatIsOver_isThere() {
    Arbiter anybody = arena.as(Arena.STRANGER);
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7_201);
    anybody.settle(claim);
    anybody.payFee(arena.request);
    arena.blocks.advance(12);
    ChainFollower follower = new ChainFollower(anybody, arena.parameters, Arena.STRANGER);
    assertTrue(follower.refresh().claim(claim).isEmpty());
    ArbiterView all = ArbiterHistory.read(anybody, arena.parameters);
    assertEquals(arena.claim(claim), all.claim(claim).orElseThrow());
    assertEquals(ClaimStatus.FINAL, all.claim(claim).orElseThrow().status());
    assertEquals(anybody.request(arena.request), all.request(arena.request));
  }

  @Test
  void read_blocksThatAreNotFinal_areTakenInInOrder() {
    arena.blocks.advance(12);
    Arbiter truth = arena.as(Arena.STRANGER);
    List<LoggedEvent> events = truth.finalEvents(0, truth.head(Finality.FINALIZED));
    Header last = block(10, 9);
    Header next = block(11, 10);
    Header newest = block(12, 11);
    when(chain.head(Finality.FINALIZED)).thenReturn(last);
    when(chain.head(Finality.LATEST)).thenReturn(newest);
    when(chain.header(next.hash())).thenReturn(next);
    when(chain.header(last.hash())).thenReturn(last);
    when(chain.firstBlock()).thenReturn(20L);
    when(chain.finalEvents(10, last)).thenReturn(List.of(events.getFirst()));
    when(chain.events(next.hash())).thenReturn(events.subList(1, events.size()));
    when(chain.events(newest.hash())).thenReturn(List.of());
    ArbiterView all = ArbiterHistory.read(chain, arena.parameters);
    assertEquals(newest, all.head());
    assertEquals(1, all.models().size());
    assertEquals(1, all.requests().size());
  }

  @Test
  void read_otherBlockThanTheFinalOne_isUnknown() {
    when(chain.head(Finality.FINALIZED)).thenReturn(block(10, 9));
    when(chain.head(Finality.LATEST)).thenReturn(block(11, 8));
    when(chain.header(any())).thenReturn(new Header(hash(8), hash(7), new Block(10, 120)));
    assertThrows(UnknownBlockException.class, () -> ArbiterHistory.read(chain, arena.parameters));
  }
}
