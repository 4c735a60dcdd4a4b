package dev.opml.dispute.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.Bytes32;
import dev.opml.api.StateRoot;
import dev.opml.api.inference.Trace;
import dev.opml.dispute.Address;
import dev.opml.dispute.ArbiterRefusedException;
import dev.opml.dispute.Block;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.Salt;
import dev.opml.dispute.Seal;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.Arbiter;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.RequestStatus;
import dev.opml.dispute.toy.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Lives of a request with claims of several proposers, true, false and never revealed, in any order
 * and at any time, on a chain that sometimes stands still. A model beside the arbiter says of every
 * transition that waits for a time whether it is possible: what is not is refused after every step,
 * what is is accepted whenever it is sent, and in the end no money is locked.
 */
class LifeTest {
  private static final int LIVES = 120;
  private static final int STEPS = 60;
  private static final int MOST_CLAIMS = 10;
  private static final List<Address> PROPOSERS =
      List.of(Arena.PROPOSER, Arena.STRANGER, Address.named("third"));

  /** A claim as the model has it. */
  private static final class Known {
    final ClaimId id;
    final Address proposer;
    final @Nullable Trace trace;
    final Salt salt;
    final Block sealed;
    ClaimStatus status = ClaimStatus.SEALED;
    @Nullable Block revealed;
    @Nullable GameId game;
    boolean playing;

    Known(ClaimId id, Address proposer, @Nullable Trace trace, Salt salt, Block sealed) {
      this.id = id;
      this.proposer = proposer;
      this.trace = trace;
      this.salt = salt;
      this.sealed = sealed;
    }
  }

  /** The arbiter, and what the model knows of it. */
  private static final class Life {
    final Arena arena = new Arena();
    final Random random;
    final List<Known> claims = new ArrayList<>();
    final String name;
    RequestStatus status = RequestStatus.OPEN;
    boolean feeGone;
    Block sealingSet = arena.blocks.head();
    long sealingSeconds = 4000;
    @Nullable StateRoot finalRoot;
    int step;

    Life(long seed) {
      random = new Random(seed);
      name = "seed " + seed;
      for (Address account : PROPOSERS) {
        arena.arbiter.fund(account, Wei.ether(1000));
      }
      arena.arbiter.fund(Arena.CHALLENGER, Wei.ether(1000));
    }

    String place() {
      return name + ", step " + step;
    }

    Arbiter anybody() {
      return arena.as(Address.named("anybody"));
    }

    long counted(Block start) {
      Block now = arena.blocks.head();
      return Math.min(now.time() - start.time(), 60 * (now.number() - start.number()));
    }

    boolean canSeal() {
      return status == RequestStatus.OPEN && counted(sealingSet) <= sealingSeconds;
    }

    boolean canReveal(Known claim) {
      return claim.status == ClaimStatus.SEALED
          && counted(claim.sealed) >= 60
          && counted(claim.sealed) <= 660;
    }

    boolean canExpire(Known claim) {
      return claim.status == ClaimStatus.SEALED && counted(claim.sealed) > 660;
    }

    boolean canChallenge(Known claim) {
      return claim.revealed != null
          && claim.status == ClaimStatus.REVEALED
          && claim.game == null
          && counted(claim.revealed) <= 7200;
    }

    boolean canSettle(Known claim) {
      return claim.revealed != null
          && claim.status == ClaimStatus.REVEALED
          && !claim.playing
          && counted(claim.revealed) > 7200;
    }

    boolean canRefund() {
      return status == RequestStatus.OPEN
          && counted(sealingSet) > sealingSeconds
          && claims.stream().noneMatch(claim -> claim.status.alive());
    }

    /** The claim that the fee goes to, if nobody has to wait for an earlier one. */
    Optional<Known> payee() {
      for (Known claim : claims) {
        if (claim.status.alive()) {
          return Optional.empty();
        }
        if (claim.status == ClaimStatus.FINAL && root(claim).equals(finalRoot)) {
          return Optional.of(claim);
        }
      }
      return Optional.empty();
    }

    boolean canPay() {
      return status == RequestStatus.FINAL && !feeGone && payee().isPresent();
    }

    static StateRoot root(Known claim) {
      return trace(claim).finalRoot();
    }

    static Trace trace(Known claim) {
      assertTrue(claim.trace != null);
      return claim.trace;
    }

    /** Lets time pass: a little, a lot, just to the end of a window, or while no block is made. */
    void passTime(long most) {
      switch (random.nextInt(6)) {
        case 0 -> arena.blocks.standStill(random.nextLong(most));
        case 1, 2 -> toTheEndOfAWindow();
        default -> arena.blocks.advance(random.nextLong(most));
      }
    }

    private void toTheEndOfAWindow() {
      long now = arena.blocks.head().time();
      List<Long> ends = new ArrayList<>();
      ends.add(sealingSet.time() + sealingSeconds);
      for (Known claim : claims) {
        ends.add(claim.sealed.time() + 60);
        ends.add(claim.sealed.time() + 660);
        if (claim.revealed != null) {
          ends.add(claim.revealed.time() + 7200);
        }
      }
      ends.removeIf(end -> end < now);
      if (!ends.isEmpty()) {
        long next = ends.stream().min(Comparator.naturalOrder()).orElseThrow();
        arena.blocks.advance(next - now + random.nextInt(2));
      }
    }

    void seal() {
      Address proposer = PROPOSERS.get(random.nextInt(PROPOSERS.size()));
      Salt salt = new Salt(new Bytes32(1, 2, 3, claims.size()));
      @Nullable Trace trace =
          switch (random.nextInt(3)) {
            case 0 -> arena.truth;
            case 1 -> arena.lying(random.nextInt(1000), random.nextInt(1000));
            default -> null;
          };
      Seal seal =
          trace == null
              ? new Seal(new Bytes32(0, 0, 0, claims.size()))
              : Arena.seal(proposer, arena.request, trace, salt);
      Arbiter connection = arena.as(proposer);
      if (!canSeal()) {
        refused(() -> connection.seal(arena.request, seal, arena.truth.output()));
      } else if (claims.size() < MOST_CLAIMS) {
        ClaimId id = connection.seal(arena.request, seal, arena.truth.output());
        claims.add(new Known(id, proposer, trace, salt, arena.blocks.head()));
      }
    }

    void reveal(Known claim) {
      if (claim.trace != null && canReveal(claim)) {
        arena.as(claim.proposer).reveal(claim.id, Arena.reveal(claim.trace, claim.salt));
        claim.status = ClaimStatus.REVEALED;
        claim.revealed = arena.blocks.head();
      }
    }

    void expire(Known claim) {
      if (canExpire(claim)) {
        anybody().expire(claim.id);
        failed(claim, ClaimStatus.EXPIRED);
      }
    }

    void challenge(Known claim) {
      if (canChallenge(claim)) {
        claim.game = arena.challenge(Arena.CHALLENGER, claim.id, challengers(claim));
        claim.playing = true;
      }
    }

    private Trace challengers(Known claim) {
      return claim.trace == arena.truth ? arena.lying(500, 500) : arena.truth;
    }

    /** Ends a game: by the clock, or else by playing it. */
    void play(Known claim) {
      GameId game = claim.game;
      if (game == null || !claim.playing) {
        return;
      }
      try {
        anybody().timeOut(arena.game(game).position().summary());
      } catch (ArbiterRefusedException e) {
        assertEquals(Refusal.CLOCK_RUNNING, e.reason(), place());
        arena.play(game, trace(claim), challengers(claim));
      }
      claim.playing = false;
      if (arena.game(game).status() == GameStatus.CHALLENGER_WON) {
        failed(claim, ClaimStatus.REFUTED);
      }
    }

    private void failed(Known claim, ClaimStatus how) {
      claim.status = how;
      if (status == RequestStatus.OPEN && sealingSeconds - counted(sealingSet) < 3600) {
        sealingSet = arena.blocks.head();
        sealingSeconds = 3600;
      }
    }

    void settle(Known claim) {
      if (canSettle(claim)) {
        anybody().settle(claim.id);
        claim.status = ClaimStatus.FINAL;
        if (status == RequestStatus.OPEN) {
          status = RequestStatus.FINAL;
          finalRoot = root(claim);
        }
      }
    }

    void refund() {
      if (canRefund()) {
        anybody().refund(arena.request);
        status = RequestStatus.REFUNDED;
        feeGone = true;
      }
    }

    void payFee() {
      if (canPay()) {
        Known payee = payee().orElseThrow();
        Wei before = arena.credit(payee.proposer);
        anybody().payFee(arena.request);
        feeGone = true;
        assertEquals(before.plus(Arena.FEE), arena.credit(payee.proposer), place());
        assertEquals(Optional.of(payee.id), arena.request().payee(), place());
      }
    }

    void oneStep() {
      step++;
      Known claim = claims.isEmpty() ? null : claims.get(random.nextInt(claims.size()));
      switch (random.nextInt(11)) {
        case 0, 1, 2 -> passTime(2000);
        case 3, 4 -> seal();
        case 5 -> refund();
        case 6 -> payFee();
        default -> {
          if (claim != null) {
            decide(claim);
          }
        }
      }
      check();
    }

    private void decide(Known claim) {
      switch (random.nextInt(5)) {
        case 0 -> reveal(claim);
        case 1 -> challenge(claim);
        case 2 -> play(claim);
        case 3 -> expire(claim);
        default -> settle(claim);
      }
    }

    /** Everything that the model says is impossible is refused, and changes nothing. */
    void check() {
      if (!canRefund()) {
        refused(() -> anybody().refund(arena.request));
      }
      if (!canPay()) {
        refused(() -> anybody().payFee(arena.request));
      }
      for (Known claim : claims) {
        if (!canExpire(claim)) {
          refused(() -> anybody().expire(claim.id));
        }
        if (!canSettle(claim)) {
          refused(() -> anybody().settle(claim.id));
        }
        if (claim.trace != null && !canReveal(claim)) {
          var reveal = Arena.reveal(claim.trace, claim.salt);
          refused(() -> arena.as(claim.proposer).reveal(claim.id, reveal));
        }
        assertEquals(claim.status, arena.claim(claim.id).status(), place());
      }
      assertEquals(status, arena.request().status(), place());
      assertEquals(
          claims.stream().filter(claim -> claim.status.alive()).count(),
          arena.request().liveClaims(),
          place());
      arena.assertMoneyConserved();
    }

    private void refused(Runnable transaction) {
      assertThrows(ArbiterRefusedException.class, transaction::run, this::place);
    }

    /** Everybody says what is overdue, and nothing else happens: all comes to an end. */
    void end() {
      for (int round = 0; round < 3; round++) {
        step++;
        arena.blocks.advance(10_000);
        for (Known claim : claims) {
          play(claim);
          expire(claim);
          settle(claim);
          assertFalse(round > 0 && claim.status.alive(), place());
        }
        refund();
        payFee();
        check();
      }
      assertTrue(feeGone, place());
      assertEquals(Wei.ZERO, arena.arbiter.totals().locked(), place());
    }
  }

  private static void live(Life life) {
    try {
      for (int step = 0; step < STEPS; step++) {
        life.oneStep();
      }
      life.end();
    } catch (ArbiterRefusedException e) {
      throw new AssertionError(life.place(), e);
    }
  }

  @Test
  void life_ofARequest_everyTransitionIsPossibleExactlyInItsTime() {
    int paid = 0;
    int refunded = 0;
    for (long seed = 1; seed <= LIVES; seed++) {
      Life life = new Life(seed);
      live(life);
      paid += life.status == RequestStatus.FINAL ? 1 : 0;
      refunded += life.status == RequestStatus.REFUNDED ? 1 : 0;
    }
    assertEquals(LIVES, paid + refunded);
    assertTrue(paid > LIVES / 10 && refunded > LIVES / 10, paid + " paid, " + refunded);
  }
}
