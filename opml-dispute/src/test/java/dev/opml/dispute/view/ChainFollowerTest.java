package dev.opml.dispute.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.opml.api.Bytes32;
import dev.opml.dispute.Address;
import dev.opml.dispute.Block;
import dev.opml.dispute.BlockHash;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ChainReader;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.Finality;
import dev.opml.dispute.chain.Funds;
import dev.opml.dispute.chain.Header;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.UnknownBlockException;
import dev.opml.dispute.toy.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The follower on a chain that behaves; the histories of all other tests are followed, too. */
class ChainFollowerTest {
  private final Arena arena = new Arena();
  private final List<String> reads = new ArrayList<>();

  private final ChainReader counted =
      (ChainReader)
          Proxy.newProxyInstance(
              ChainReader.class.getClassLoader(),
              new Class<?>[] {ChainReader.class},
              (_, method, arguments) -> {
                reads.add(method.getName());
                try {
                  return method.invoke(arena.as(Arena.PROPOSER), arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });

  private ChainFollower follower(Address account) {
    return new ChainFollower(counted, arena.parameters, account);
  }

  private RequestId free(long nonce) {
    RequestTerms terms = arena.terms(nonce);
    return arena
        .as(Arena.REQUESTER)
        .request(
            new RequestTerms(
                terms.model(),
                terms.inference(),
                Wei.ZERO,
                terms.sealingDeadline(),
                terms.consumer(),
                terms.policy(),
                nonce));
  }

  @Test
  void refresh_nothingNew_readsTwoHeads() {
    ChainFollower follower = follower(Arena.PROPOSER);
    ChainView before = follower.refresh();
    reads.clear();
    assertSame(before, follower.refresh());
    assertEquals(List.of("head", "head"), reads);
  }

  @Test
  void refresh_oneNewBlock_readsItsEventsAndTheMoney() {
    ChainFollower follower = follower(Arena.PROPOSER);
    follower.refresh();
    arena.blocks.advance(12);
    follower.refresh();
    arena.blocks.advance(12);
    arena.as(Arena.STRANGER).send(arena.announcement());
    reads.clear();
    follower.refresh();
    assertEquals(List.of("head", "head", "events", "funds"), reads);
  }

  /** After a long time away, and at the start, ranges are read, and no block twice. */
  @Test
  void refresh_longGap_readsRangesAndThenTheSame() {
    Mirror mirror = new Mirror(arena.as(Arena.STRANGER), counted);
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    for (int i = 0; i < 3; i++) {
      arena.blocks.advance(12 * 7_000);
      free(100 + i);
    }
    arena.as(Arena.STRANGER).settle(claim);
    arena.blocks.advance(12);
    reads.clear();
    mirror.assertTellsTheSame();
    assertEquals(3, reads.stream().filter("finalEvents"::equals).count(), reads::toString);
    assertEquals(ClaimStatus.FINAL, arena.claim(claim).status());
  }

  /** Free requests that nobody answers and nobody refunds would otherwise stay for ever. */
  @Test
  void refresh_freeRequestsThatAreOver_areForgotten() {
    ChainFollower follower = follower(Arena.PROPOSER);
    for (int i = 0; i < 200; i++) {
      free(100 + i);
    }
    assertEquals(201, follower.refresh().newest().requests().size());
    arena.blocks.advance(4_001);
    assertEquals(201, follower.refresh().newest().requests().size(), "over, but not finally");
    free(500);
    arena.blocks.advance(12);
    assertEquals(1, follower.refresh().newest().requests().size());
  }

  @Test
  void refresh_claimAndGameThatAreOver_areForgottenOnceTheyAreFinal() {
    ChainFollower follower = follower(Arena.CHALLENGER);
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.play(
        arena.challenge(Arena.CHALLENGER, claim, arena.lying(5, 5)),
        arena.truth,
        arena.lying(5, 5));
    arena.blocks.advance(7_201);
    arena.as(Arena.STRANGER).settle(claim);
    assertTrue(follower.refresh().claim(claim).isPresent());
    arena.blocks.advance(12);
    ChainView after = follower.refresh();
    assertEquals(List.of(), List.copyOf(after.newest().requests()));
    assertEquals(List.of(), List.copyOf(after.newest().claims()));
    assertEquals(List.of(), List.copyOf(after.newest().games()));
  }

  /** The fee is still to be collected, by this account alone. */
  @Test
  void refresh_finalClaimOfItsOwn_isKeptUntilTheFeeIsGone() {
    ChainFollower follower = follower(Arena.PROPOSER);
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7_201);
    Arbiter anybody = arena.as(Arena.STRANGER);
    anybody.settle(claim);
    arena.blocks.advance(12);
    assertEquals(ClaimStatus.FINAL, follower.refresh().claim(claim).orElseThrow().status());
    anybody.payFee(arena.request);
    arena.blocks.advance(12);
    assertTrue(follower.refresh().claim(claim).isEmpty());
  }

  @Test
  void history_claimThatIsOver_isThere() {
    Arbiter anybody = arena.as(Arena.STRANGER);
    ClaimId claim = arena.claim(Arena.PROPOSER, arena.truth);
    arena.blocks.advance(7_201);
    anybody.settle(claim);
    anybody.payFee(arena.request);
    arena.blocks.advance(12);
    assertTrue(follower(Arena.STRANGER).refresh().claim(claim).isEmpty());
    ArbiterView all = ChainFollower.history(anybody, arena.parameters);
    assertEquals(arena.claim(claim), all.claim(claim).orElseThrow());
    assertEquals(ClaimStatus.FINAL, all.claim(claim).orElseThrow().status());
    assertEquals(anybody.request(arena.request), all.request(arena.request));
  }

  @Test
  void refresh_chainThatBeginsWithBlock0_isFollowedFromThere() {
    Header first = new Header(hash(1), BlockHash.NONE, new Block(0, 0));
    Header second = new Header(hash(2), first.hash(), new Block(1, 12));
    ChainReader chain = mock(ChainReader.class);
    when(chain.head(any())).thenReturn(first, first, second, first);
    when(chain.header(first.hash())).thenReturn(first);
    when(chain.funds(any(), any())).thenReturn(Funds.NONE);
    ChainFollower follower = new ChainFollower(chain, arena.parameters, Arena.PROPOSER);
    assertEquals(first, follower.refresh().head());
    assertEquals(second, follower.refresh().head());
  }

  /** An endpoint may name a parent for each block that it has made up. */
  @Test
  void refresh_headFarAboveWhatIsFinal_isNotFollowed() {
    Header last = new Header(hash(1), BlockHash.NONE, new Block(7, 12));
    Header newest = new Header(hash(2), hash(3), new Block(8 + (1 << 17), 24));
    ChainReader chain = mock(ChainReader.class);
    when(chain.head(Finality.LATEST)).thenReturn(newest);
    when(chain.head(Finality.FINALIZED)).thenReturn(last);
    when(chain.funds(any(), any())).thenReturn(Funds.NONE);
    ChainFollower follower = new ChainFollower(chain, arena.parameters, Arena.PROPOSER);
    assertThrows(DistantBlockException.class, follower::refresh);
    verify(chain, never()).events(any());
  }

  /** Not from the chain's first block on, nor block by block back to it. */
  @ParameterizedTest
  @CsvSource({"999990, 999990", "1000003, 1000000"})
  void refresh_arbiterThatBeganLate_isReadFromItsFirstBlock(long first, long from) {
    Header last = new Header(hash(1), hash(2), new Block(1_000_000, 12_000_000));
    ChainReader chain = mock(ChainReader.class);
    when(chain.firstBlock()).thenReturn(first);
    when(chain.head(any())).thenReturn(last);
    when(chain.funds(any(), any())).thenReturn(Funds.NONE);
    ChainFollower follower = new ChainFollower(chain, arena.parameters, Arena.PROPOSER);
    assertEquals(last, follower.refresh().head());
    verify(chain).finalEvents(from, last);
    verify(chain, never()).header(any());
    verify(chain, never()).finalHeader(anyLong());
  }

  /** A chain that has finalized nothing for long, and now finalizes again. */
  @Test
  void refresh_headNotFarAboveWhatIsFinalNow_isFollowed() {
    Header last = new Header(hash(1), BlockHash.NONE, new Block(200, 12));
    Header newest = new Header(hash(2), hash(3), new Block(100 + (1 << 17), 24));
    ChainReader chain = mock(ChainReader.class);
    when(chain.head(Finality.LATEST)).thenReturn(newest);
    when(chain.head(Finality.FINALIZED)).thenReturn(last);
    when(chain.events(newest.hash())).thenThrow(new UnknownBlockException(newest.hash()));
    ChainFollower follower = new ChainFollower(chain, arena.parameters, Arena.PROPOSER);
    assertThrows(UnknownBlockException.class, follower::refresh);
  }

  private static BlockHash hash(long number) {
    return new BlockHash(new Bytes32(number, 0, 0, 0));
  }
}
