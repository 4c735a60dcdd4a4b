package dev.opml.dispute.local;

import static dev.opml.dispute.toy.Arena.BOND;
import static dev.opml.dispute.toy.Arena.BOUNTY;
import static dev.opml.dispute.toy.Arena.CHALLENGER;
import static dev.opml.dispute.toy.Arena.CHALLENGER_BOND;
import static dev.opml.dispute.toy.Arena.MONEY;
import static dev.opml.dispute.toy.Arena.PROPOSER;
import static dev.opml.dispute.toy.Arena.STRANGER;
import static dev.opml.dispute.toy.Arena.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.inference.Trace;
import dev.opml.dispute.Address;
import dev.opml.dispute.ClaimId;
import dev.opml.dispute.GameId;
import dev.opml.dispute.Refusal;
import dev.opml.dispute.RequestId;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.ClaimStatus;
import dev.opml.dispute.chain.FinalityPolicy;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.chain.GameStatus;
import dev.opml.dispute.chain.GameView;
import dev.opml.dispute.chain.LoggedEvent;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.RequestTerms;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.game.Phase;
import dev.opml.dispute.game.Segments;
import dev.opml.dispute.game.Side;
import dev.opml.dispute.game.Subdivision;
import dev.opml.dispute.toy.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets what, and who cannot get what. */
class MoneyTest {
  private final Arena arena = new Arena();
  private final Trace liar = arena.lying(321, 4567);

  private static Stream<ArbiterEvent> events(Arena arena) {
    return arena.events().stream().map(LoggedEvent::event);
  }

  private static GameEvent.Ended end(Arena arena, GameId game) {
    return events(arena)
        .filter(GameEvent.Ended.class::isInstance)
        .map(GameEvent.Ended.class::cast)
        .filter(e -> e.game().equals(game))
        .findFirst()
        .orElseThrow();
  }

  private static ArbiterEvent.ClaimRefuted refutation(Arena arena, ClaimId claim) {
    return events(arena)
        .filter(ArbiterEvent.ClaimRefuted.class::isInstance)
        .map(ArbiterEvent.ClaimRefuted.class::cast)
        .filter(e -> e.claim().equals(claim))
        .findFirst()
        .orElseThrow();
  }

  /** Moves that a player made in a game, the witness not among them. */
  private static int moves(Arena arena, GameId game, Side side) {
    return (int)
        events(arena)
            .filter(event ->
                switch (event) {
                  case GameEvent.Challenged e -> e.game().equals(game) && side == Side.CHALLENGER;
                  case GameEvent.Subdivided e -> e.game().equals(game) && side == e.mover();
                  case GameEvent.MachineOpened e -> e.game().equals(game) && side == e.mover();
                  default -> false;
                })
            .count();
  }

  /** Due to a player of a game: so much for each move, an end, and a witness if it won by one. */
  private static Wei due(Arena arena, GameId game, Side side) {
    boolean witness = end(arena, game).reason() == GameEndReason.INSTRUCTION_EXECUTED;
    Rewards rewards = arena.parameters.money().rewards();
    Wei due = rewards.end().plus(rewards.move().times(moves(arena, game, side)));
    return witness ? due.plus(rewards.witness()) : due;
  }

  private Wei burnt() {
    return arena.arbiter.totals().burnt();
  }

  /** The rules of the other tests with another bounty, burnt share and rewards. */
  private static MoneyRules rules(Wei bounty, int burnBasisPoints, Rewards rewards) {
    return new MoneyRules(
        MONEY.claimBond(),
        MONEY.claimBondPerNode(),
        MONEY.challengerBond(),
        bounty,
        burnBasisPoints,
        rewards,
        MONEY.coveredGames());
  }

  static Stream<MoneyRules> edges() {
    Rewards none = new Rewards(Wei.ZERO, Wei.ZERO, Wei.ZERO);
    return Stream.of(
        MONEY,
        rules(Wei.ZERO, 5_000, MONEY.rewards()),
        rules(BOUNTY, 5_000, none),
        rules(Wei.ZERO, 5_000, none),
        rules(Wei.ZERO, 10_000, none));
  }

  @Test
  void challengerWins_getsBondDueAndBounty_restIsBurnt() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId game = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(game, liar, arena.truth);
    Wei reward = due(arena, game, Side.CHALLENGER).plus(BOUNTY);
    assertTrue(BOUNTY.isLessThan(reward));
    assertEquals(CHALLENGER_BOND.plus(reward), arena.credit(CHALLENGER));
    assertEquals(BOND.minus(reward), burnt());
    assertEquals(Wei.ZERO, arena.credit(PROPOSER));
    assertEquals(reward, end(arena, game).reward());
    assertEquals(GameEndReason.INSTRUCTION_EXECUTED, end(arena, game).reason());
    assertRefused(Refusal.WRONG_CLAIM_STATUS, () -> arena.challenge(STRANGER, claim, arena.truth));
    assertRefused(Refusal.WRONG_CLAIM_STATUS, () -> arena.as(PROPOSER).settle(claim));
  }

  @Test
  void proposerWins_getsDueAndBountyAndKeepsItsClaim() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    arena.play(game, arena.truth, liar);
    Wei reward = due(arena, game, Side.PROPOSER).plus(BOUNTY);
    assertEquals(reward, arena.credit(PROPOSER));
    assertEquals(Wei.ZERO, arena.credit(CHALLENGER));
    assertEquals(CHALLENGER_BOND.minus(reward), burnt());
    arena.blocks.advance(7201);
    arena.as(PROPOSER).settle(claim);
    assertEquals(ClaimStatus.FINAL, arena.claim(claim).status());
    arena.assertMoneyConserved();
  }

  @Test
  void proposer_facingManyChallengers_isPaidForEach() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    List<GameId> games = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Address challenger = Address.named("attacker " + i);
      arena.arbiter.fund(challenger, CHALLENGER_BOND);
      games.add(arena.challenge(challenger, claim, arena.lying(100 * i, 3)));
    }
    Wei reward = Wei.ZERO;
    for (int i = 0; i < 5; i++) {
      arena.play(games.get(i), arena.truth, arena.lying(100 * i, 3));
      reward = reward.plus(due(arena, games.get(i), Side.PROPOSER)).plus(BOUNTY);
    }
    assertEquals(reward, arena.credit(PROPOSER));
    assertEquals(0, arena.claim(claim).openGames());
  }

  /**
   * A false claim's accomplice loses a game on purpose: honest challengers have their own games.
   */
  @Test
  void accompliceChallenger_losingOnPurpose_savesNobody() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId accomplice = arena.challenge(STRANGER, claim, arena.lying(1, 1));
    arena.step(accomplice, liar, arena.lying(1, 1));
    arena.blocks.advance(5661);
    arena.timeOut(accomplice);
    assertEquals(GameStatus.PROPOSER_WON, arena.game(accomplice).status());
    GameId honest = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(honest, liar, arena.truth);
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    arena.assertMoneyConserved();
  }

  @Test
  void move_inAGameWhoseClaimWasRefutedElsewhere_isRefused() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId accomplice = arena.challenge(STRANGER, claim, arena.lying(1, 1));
    GameId honest = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(honest, liar, arena.truth);
    assertEquals(ClaimStatus.REFUTED, arena.claim(claim).status());
    assertRefused(Refusal.CLAIM_REFUTED, () -> arena.step(accomplice, liar, arena.lying(1, 1)));
  }

  /**
   * The cheater's accomplice wins the race to refute: the honest challenger gets its bond and what
   * is due for its moves.
   */
  @Test
  void refutation_byAnother_closesOtherGamesWithBondAndDue() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId slow = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.step(slow, liar, arena.truth);
    arena.step(slow, liar, arena.truth);
    GameId fast = arena.challenge(STRANGER, claim, arena.truth);
    arena.play(fast, liar, arena.truth);
    Wei quota = arena.claim(claim).quota();
    Wei reward = end(arena, fast).reward();
    assertEquals(MONEY.rest(BOND).minus(reward), quota);
    assertEquals(MONEY.cut(BOND), burnt());
    assertEquals(new ArbiterEvent.ClaimRefuted(claim, quota, burnt()), refutation(arena, claim));
    assertEquals(1, arena.claim(claim).openGames());
    arena.as(Arena.REQUESTER).close(arena.game(slow).position().summary());
    Wei due = due(arena, slow, Side.CHALLENGER);
    assertEquals(MONEY.rewards().move().times(2).plus(MONEY.rewards().end()), due);
    assertEquals(CHALLENGER_BOND.plus(due), arena.credit(CHALLENGER));
    assertEquals(BOND.minus(reward).minus(due), burnt());
    assertEquals(quota.minus(due), end(arena, slow).burnt());
    assertEquals(0, arena.claim(claim).openGames());
    assertEquals(GameStatus.CLOSED, arena.game(slow).status());
    assertRefused(
        Refusal.GAME_OVER,
        () -> arena.as(Arena.REQUESTER).close(arena.game(slow).position().summary()));
    arena.assertMoneyConserved();
  }

  @Test
  void close_aGameWhoseClaimStands_isRefused() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    assertRefused(
        Refusal.STILL_UNDECIDED,
        () -> arena.as(CHALLENGER).close(arena.game(game).position().summary()));
  }

  /** Proposer and challenger in one hand lose at least half of the loser's bond. */
  @Test
  void fightingOneself_losingTheClaim_losesAtLeastHalfOfItsBond() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId game = arena.challenge(CHALLENGER, claim, arena.truth);
    arena.play(game, liar, arena.truth);
    Wei back = arena.credit(PROPOSER).plus(arena.credit(CHALLENGER));
    Wei most = MONEY.rest(BOND).plus(CHALLENGER_BOND);
    assertFalse(most.isLessThan(back), "got back " + back);
  }

  @Test
  void fightingOneself_losingTheChallenge_losesAtLeastHalfOfItsBond() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    arena.play(game, arena.truth, liar);
    Wei back = arena.credit(PROPOSER).plus(arena.credit(CHALLENGER));
    assertFalse(MONEY.rest(CHALLENGER_BOND).isLessThan(back), "got back " + back);
  }

  /**
   * A cheater challenges its own false claim with 14 accounts, more than the bond covers, refutes
   * it with one of them and closes the other games first. Half of the bond is gone all the same,
   * and the honest challenger, who was first to challenge and is last to be closed, has its quota.
   */
  @Test
  void refutation_byACheatersAccomplices_losesTheCutAndPaysTheHonest() {
    // Barely enough for one game beside the one that refutes, so that quotas are below dues.
    MoneyRules tight =
        new MoneyRules(
            Wei.gwei(700_000_000),
            Wei.ZERO,
            MONEY.challengerBond(),
            BOUNTY,
            5_000,
            MONEY.rewards(),
            1);
    Arena crowd = new Arena(tight);
    Trace lie = crowd.lying(321, 4567);
    Wei bond = tight.leastBond(1_000);
    ClaimId claim = crowd.claim(PROPOSER, lie);
    GameId honest = crowd.challenge(CHALLENGER, claim, crowd.truth);
    crowd.step(honest, lie, crowd.truth);
    List<Address> accomplices = new ArrayList<>();
    List<GameId> games = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      Address accomplice = Address.named("accomplice " + i);
      crowd.arbiter.fund(accomplice, tight.challengerBond());
      accomplices.add(accomplice);
      games.add(crowd.challenge(accomplice, claim, crowd.truth));
      for (int move = 0; move < 4; move++) {
        crowd.step(games.get(i), lie, crowd.truth);
      }
    }
    crowd.play(games.getFirst(), lie, crowd.truth);
    Wei quota = crowd.claim(claim).quota();
    Wei pool = tight.rest(bond).minus(end(crowd, games.getFirst()).reward());
    assertEquals(pool.dividedBy(14), quota);
    for (GameId game : games.subList(1, 14)) {
      crowd.as(PROPOSER).close(crowd.game(game).position().summary());
      assertEquals(quota, end(crowd, game).reward());
      assertTrue(quota.isLessThan(due(crowd, game, Side.CHALLENGER)));
      crowd.assertMoneyConserved();
    }
    crowd.as(PROPOSER).close(crowd.game(honest).position().summary());
    crowd.assertMoneyConserved();

    Wei back = crowd.credit(PROPOSER);
    for (Address accomplice : accomplices) {
      back = back.plus(crowd.credit(accomplice));
    }
    Wei put = bond.plus(tight.challengerBond().times(14));
    assertFalse(put.minus(tight.cut(bond)).isLessThan(back), "got back " + back);
    assertEquals(put.minus(tight.cut(bond)).minus(quota), back.plus(pool.minus(quota.times(14))));
    assertEquals(
        due(crowd, honest, Side.CHALLENGER).min(quota).plus(tight.challengerBond()),
        crowd.credit(CHALLENGER));
    assertFalse(end(crowd, honest).reward().isZero());
  }

  /** Whoever closes the games of a refuted claim, in any order, everybody gets the same. */
  @Test
  void close_anyOrderAndCaller_paysTheSame() {
    long seed = new Random().nextLong();
    for (int i = 0; i < 20; i++) {
      assertEquals(
          creditsAfterClosing(seed + i, new Random(seed - 1 - i)),
          creditsAfterClosing(seed + i, new Random(seed - 101 - i)),
          "seed " + seed);
    }
  }

  /**
   * Plays a claim whose games are decided by {@code seed}, closes them in an order drawn from
   * {@code order}, and returns what all challengers can withdraw, and what was burnt.
   */
  private static List<Wei> creditsAfterClosing(long seed, Random order) {
    Random random = new Random(seed);
    Arena crowd = new Arena();
    Trace lie = crowd.lying(321, 4567);
    ClaimId claim = crowd.claim(PROPOSER, lie);
    List<Address> challengers = new ArrayList<>();
    List<GameId> games = new ArrayList<>();
    int others = random.nextInt(1, 6);
    for (int i = 0; i <= others; i++) {
      Address challenger = Address.named("challenger " + i);
      crowd.arbiter.fund(challenger, CHALLENGER_BOND);
      challengers.add(challenger);
      games.add(crowd.challenge(challenger, claim, crowd.truth));
      for (int move = random.nextInt(10); move > 0; move--) {
        crowd.step(games.get(i), lie, crowd.truth);
      }
    }
    crowd.play(games.removeFirst(), lie, crowd.truth);
    Collections.shuffle(games, order);
    for (GameId game : games) {
      crowd
          .as(challengers.get(order.nextInt(challengers.size())))
          .close(crowd.game(game).position().summary());
      crowd.assertMoneyConserved();
    }
    List<Wei> result = new ArrayList<>(challengers.stream().map(crowd::credit).toList());
    result.add(crowd.arbiter.totals().burnt());
    return result;
  }

  /**
   * Both players lie about the last instruction: the claim is false either way, but nobody is
   * rewarded for it. Another challenger's quota is as if the reward had been paid.
   */
  @ParameterizedTest
  @MethodSource("edges")
  void neitherHashMatches_challengerWinsAndItsRewardIsBurnt(MoneyRules money) {
    Arena played = new Arena(money);
    Trace lie = played.lying(321, 4567);
    Wei bond = money.leastBond(1_000);
    ClaimId claim = played.claim(PROPOSER, lie);
    GameId other = played.challenge(STRANGER, claim, played.truth);
    GameId id = played.challenge(CHALLENGER, claim, played.truth);
    playToNeitherRight(played, id, lie);
    assertEquals(GameStatus.CHALLENGER_WON, played.game(id).status());
    assertEquals(ClaimStatus.REFUTED, played.claim(claim).status());
    assertEquals(money.challengerBond(), played.credit(CHALLENGER));
    assertEquals(Wei.ZERO, end(played, id).reward());
    Wei unpaid = due(played, id, Side.CHALLENGER).plus(money.bounty());
    assertEquals(money.rest(bond).minus(unpaid), played.claim(claim).quota());
    assertEquals(money.cut(bond).plus(unpaid), refutation(played, claim).burnt());
    played.as(PROPOSER).close(played.game(other).position().summary());
    assertEquals(due(played, other, Side.CHALLENGER), end(played, other).reward());
    played.assertMoneyConserved();
    assertEquals(bond.minus(end(played, other).reward()), played.arbiter.totals().burnt());
  }

  private static void playToNeitherRight(Arena arena, GameId id, Trace liar) {
    GameView game = arena.playTo(Phase.MACHINE, id, liar, arena.truth);
    // From here both give noise at the end of the first segment, down to one instruction.
    while (game.position().phase() == Phase.MACHINE) {
      var at = game.position();
      boolean only = at.segments() == 1;
      int interior = Segments.count(8, at.boundary(1) - at.low()) - 1;
      List<dev.opml.api.Bytes32> noise = new ArrayList<>();
      for (int i = 0; i < interior; i++) {
        noise.add(new dev.opml.api.Bytes32(i, at.low(), 1, at.mover().ordinal()));
      }
      arena
          .as(game.player(at.toMove()))
          .subdivide(
              at.open(0),
              new Subdivision(
                  only
                      ? at.otherEnd().orElseThrow()
                      : new dev.opml.api.Bytes32(at.high(), at.low(), 2, at.mover().ordinal()),
                  noise));
      game = arena.game(id);
    }
    GameView last = game;
    try (var machine = arena.truth.machine(last.position().node())) {
      var index = new dev.opml.api.trace.InstructionIndex(last.position().low());
      assertEquals(machine.hashesAt(List.of(index)).getFirst().value(), last.position().agreed());
      arena.as(STRANGER).submitWitness(last.position().open(0), machine.witnessAt(index));
    }
  }

  /**
   * Bounty 0, rewards 0, and a burnt share of all: whoever wins, the money is where it should be.
   */
  @ParameterizedTest
  @MethodSource("edges")
  void game_atTheEdgesOfTheRules_paysExactlyWhatIsOwed(MoneyRules money) {
    for (Side winner : Side.values()) {
      Arena played = new Arena(money);
      Trace lie = played.lying(321, 4567);
      boolean proposerWins = winner == Side.PROPOSER;
      Trace proposers = proposerWins ? played.truth : lie;
      Trace challengers = proposerWins ? lie : played.truth;
      ClaimId claim = played.claim(PROPOSER, proposers);
      GameId other = played.challenge(STRANGER, claim, challengers);
      GameId game = played.challenge(CHALLENGER, claim, challengers);
      played.play(game, proposers, challengers);
      Wei owed = due(played, game, winner).plus(money.bounty());
      assertEquals(owed, end(played, game).reward());
      if (proposerWins) {
        assertEquals(owed, played.credit(PROPOSER));
        assertEquals(money.challengerBond().minus(owed), played.arbiter.totals().burnt());
      } else {
        assertEquals(owed.plus(money.challengerBond()), played.credit(CHALLENGER));
        played.as(CHALLENGER).close(played.game(other).position().summary());
        Wei due = due(played, other, Side.CHALLENGER);
        assertEquals(due.plus(money.challengerBond()), played.credit(STRANGER));
        assertEquals(
            money.leastBond(1_000).minus(owed).minus(due), played.arbiter.totals().burnt());
      }
      played.assertMoneyConserved();
    }
  }

  /** Whoever sends the witness, the winner is paid for it: nobody has to race for a reward. */
  @Test
  void witness_sentByAStranger_paysTheWinner() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    GameId id = arena.challenge(CHALLENGER, claim, arena.truth);
    GameView game = arena.playTo(Phase.INSTRUCTION, id, liar, arena.truth);
    arena.send(STRANGER, game, arena.choose(game, arena.truth).orElseThrow());
    Rewards rewards = MONEY.rewards();
    Wei moves = rewards.move().times(moves(arena, id, Side.CHALLENGER));
    assertEquals(
        moves.plus(rewards.end()).plus(rewards.witness()).plus(BOUNTY), end(arena, id).reward());
    assertEquals(Wei.ZERO, arena.credit(STRANGER));
    arena.assertMoneyConserved();
  }

  /** A requester may ask for a high bond of its proposer, but prices no challenger out. */
  @Test
  void challenge_underAHighBondOfTheClaim_locksTheDeploymentsBond() {
    MoneyRules high =
        new MoneyRules(
            Wei.ether(11),
            Wei.ZERO,
            MONEY.challengerBond(),
            BOUNTY,
            5_000,
            MONEY.rewards(),
            MONEY.coveredGames());
    Arena rich = new Arena(high);
    Wei bond = Wei.ether(101);
    assertFalse(high.mostBond(1_000).isLessThan(bond));
    RequestTerms terms = rich.terms(1);
    RequestId request =
        rich.as(Arena.REQUESTER)
            .request(
                new RequestTerms(
                    terms.model(),
                    terms.inference(),
                    terms.fee(),
                    terms.sealingDeadline(),
                    terms.consumer(),
                    new FinalityPolicy(terms.policy().challengeWindow(), bond),
                    1));
    rich.arbiter.fund(PROPOSER, Wei.ether(2));
    Trace lie = rich.lying(321, 4567);
    ClaimId claim =
        rich.as(PROPOSER)
            .seal(request, Arena.seal(PROPOSER, request, lie, Arena.SALT), lie.output());
    rich.blocks.advance(60);
    rich.as(PROPOSER).reveal(claim, Arena.reveal(lie, Arena.SALT));
    GameId game = rich.challenge(CHALLENGER, claim, rich.truth);
    assertEquals(Wei.ether(99), rich.as(CHALLENGER).balance(CHALLENGER));
    while (rich.game(game).status() == GameStatus.OPEN) {
      GameView view = rich.game(game);
      boolean proposer = view.position().toMove() == Side.PROPOSER;
      rich.send(
          proposer ? PROPOSER : CHALLENGER,
          view,
          rich.choose(view, proposer ? lie : rich.truth).orElseThrow());
    }
    assertEquals(ClaimStatus.REFUTED, rich.claim(claim).status());
    Wei owed = due(rich, game, Side.CHALLENGER).plus(BOUNTY);
    assertEquals(owed.plus(high.challengerBond()), rich.credit(CHALLENGER));
    assertEquals(bond.minus(owed), refutation(rich, claim).burnt());
    assertTrue(rich.arbiter.totals().conserved());
  }

  @Test
  void twoGamesOnOneClaim_doNotTouchEachOther() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    Trace other = arena.lying(999, 0);
    GameId first = arena.challenge(CHALLENGER, claim, liar);
    GameId second = arena.challenge(STRANGER, claim, other);
    GameView before = arena.game(second);
    arena.play(first, arena.truth, liar);
    assertEquals(before, arena.game(second));
    // A position of one game is nothing in the other.
    var foreign = arena.game(first).position();
    assertRefused(
        Refusal.GAME_OVER,
        () ->
            arena
                .as(PROPOSER)
                .subdivide(foreign.open(0), new Subdivision(dev.opml.api.Bytes32.ZERO, List.of())));
    arena.play(second, arena.truth, other);
    assertEquals(GameStatus.PROPOSER_WON, arena.game(second).status());
    assertEquals(ClaimStatus.REVEALED, arena.claim(claim).status());
  }

  /**
   * Nobody's money is locked by another's game: bonds come from who challenges, credits can be
   * withdrawn at once.
   */
  @Test
  void withdraw_duringOtherGames_paysEverythingCredited() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId first = arena.challenge(CHALLENGER, claim, liar);
    arena.challenge(STRANGER, claim, arena.lying(5, 5));
    arena.play(first, arena.truth, liar);
    Wei credit = arena.credit(PROPOSER);
    Wei before = arena.as(PROPOSER).balance(PROPOSER);
    arena.as(PROPOSER).withdraw();
    assertEquals(before.plus(credit), arena.as(PROPOSER).balance(PROPOSER));
    arena.assertMoneyConserved();
  }

  @Test
  void challenge_withoutTheBond_isRefused() {
    ClaimId claim = arena.claim(PROPOSER, liar);
    assertRefused(
        Refusal.INSUFFICIENT_FUNDS,
        () -> arena.challenge(Address.named("poor"), claim, arena.truth));
    arena.assertMoneyConserved();
  }

  @Test
  void timeOut_beforeTheClockRanOut_isRefusedAndAfterItAnybodyMay() {
    ClaimId claim = arena.claim(PROPOSER, arena.truth);
    GameId game = arena.challenge(CHALLENGER, claim, liar);
    long deadline = arena.game(game).position().word().deadline();
    arena.blocks.advance(deadline - arena.blocks.head().time());
    assertRefused(Refusal.CLOCK_RUNNING, () -> arena.timeOut(game));
    arena.blocks.advance(1);
    assertRefused(Refusal.CLOCK_EXPIRED, () -> arena.step(game, arena.truth, liar));
    arena.timeOut(game);
    assertEquals(GameStatus.CHALLENGER_WON, arena.game(game).status());
    assertEquals(GameEndReason.TIME_OUT, end(arena, game).reason());
    assertEquals(Optional.of(Side.CHALLENGER), end(arena, game).winner());
    Wei owed = MONEY.rewards().move().plus(MONEY.rewards().end()).plus(BOUNTY);
    assertEquals(owed, end(arena, game).reward());
    arena.assertMoneyConserved();
  }

  /**
   * With odd amounts and shares nothing is lost to rounding, and what is kept is never below its
   * share.
   */
  @Test
  void shareRoundedUp_anyAmount_neverKeepsLess() {
    for (long wei = 0; wei < 50; wei++) {
      for (int share : new int[] {5000, 5001, 9999, 10_000}) {
        Wei kept = Wei.of(wei).shareRoundedUp(share);
        Wei paid = Wei.of(wei).minus(kept);
        assertEquals(Wei.of(wei), kept.plus(paid));
        assertFalse(kept.times(10_000).isLessThan(Wei.of(wei).times(share)));
        assertTrue(kept.times(10_000).isLessThan(Wei.of(wei).times(share).plus(Wei.of(10_000))));
      }
    }
  }
}
