package dev.opml.dispute.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.dispute.Wei;
import dev.opml.dispute.agent.FloodSimulation.Attack;
import dev.opml.dispute.agent.FloodSimulation.Result;
import dev.opml.dispute.agent.FloodSimulation.Rules;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * An honest party with two runners at the edge of what docs/protocol.md says it needs (Money), and
 * beyond it: 1,000 free requests, and as many false claims or games as the capital of the attacker
 * allows.
 */
class FloodSimulationTest {
  private static final long SEED = 7;
  private static final int FREE = 1000;
  private static final int OWN_CLAIMS = 4;

  /** As many as there are kinds of work, of both who start tasks. */
  private static final int FEW = 2 * Work.values().length;

  /** Fields that remember the last of something, whatever is open, and how much at the most. */
  private static final Map<String, Integer> RECENT =
      Map.of("Recent.results", 4096 + 64, "Backoff.refused", 4096);

  private static final Wei PLENTY = Wei.ether(10_000);

  /** A false claim costs most by its length: a check and a trace of 16 s each. */
  private static final Rules LONG = new Rules(160_000, 100, 0, 2, 2, 3_700, 3_600, 100_000);

  /** It costs most by its number: 12 s a check, and two passes of 6 s over a node. */
  private static final Rules SHORT = new Rules(10_000, 100, 12, 6, 2, 2_600, 3_600, 21_000);

  /** Time for twice as many claims as there are bonds for, and games that last as long. */
  private static final Rules POOR = new Rules(10_000, 100, 12, 1, 2, 1_602, 4_000, 36_000);

  /** Two passes of 12 s in each game. */
  private static final Rules GAMES = new Rules(360_000, 100, 0, 12, 2, 8_400, 3_060, 1_000);

  private static Result run(String name, Rules rules, Wei money, Attack attack) {
    Result result = new FloodSimulation(rules, money, OWN_CLAIMS, SEED).run(attack);
    System.out.printf(
        "%s, seed %d: %s%n  lost %d own claims and %d own games, %d false claims became final;"
            + " at most %d own claims, %d games and %d traces at once, in %d s%n  %s%n",
        name,
        SEED,
        attack,
        result.lostClaims(),
        result.lostGames(),
        result.falseFinal(),
        result.peakClaims(),
        result.peakGames(),
        result.peakTraces(),
        result.seconds(),
        result.sizes());
    assertBounded(result, attack);
    assertEquals(0, result.failures().size(), result.failures()::toString);
    return result;
  }

  /**
   * Nothing grows but with the claims and games that are open, and not with the free requests,
   * tasks, transactions and rounds, which are more; traces not even with those. Nothing is left of
   * what is over.
   */
  private static void assertBounded(Result result, Attack attack) {
    assertAtMost(OWN_CLAIMS + attack.falseClaims() + attack.games(), result.sizes());
    assertAtMost(FEW, result.left());
    int traces = TraceLimits.DEFAULT.kept() + LONG.runners() + 1;
    assertTrue(result.sizes().get("TraceCache.entries") <= traces);
    assertTrue(result.peakTraces() <= traces, () -> result.peakTraces() + " traces at once");
    assertEquals(OWN_CLAIMS, result.honestClaims(), "free requests are not answered");
  }

  private static void assertAtMost(int most, Map<String, Integer> sizes) {
    sizes.forEach((name, size) ->
        assertTrue(
            size <= RECENT.getOrDefault(name, most),
            () -> name + " has " + size + ", and not " + most));
  }

  private static double ether(Wei amount) {
    return FloodSimulation.ether(amount);
  }

  /** Condition 1: the time of all runners in a window, and what the capital can make of it. */
  private static double claimsAtEquality(Rules rules) {
    double capital = rules.runners() * rules.challengeWindow() / rules.workPerEther();
    return capital / ether(rules.claimBond());
  }

  /** Condition 2. */
  private static Wei money(Rules rules, int claims) {
    double capital = claims * ether(rules.claimBond());
    return FloodSimulation.CHALLENGER_BOND.times(
        (long) (capital / ether(FloodSimulation.LEAST_CLAIM_BOND)));
  }

  @Test
  void longFalseClaims_asManyAsCanBeChecked_allFall() {
    assertEquals(200, claimsAtEquality(LONG), 1);
    assertEquals(0, run("long", LONG, PLENTY, new Attack(FREE, 200, 0, false)).lost());
    assertEquals(0, run("long", LONG, PLENTY, new Attack(FREE, 200, 0, true)).lost());
  }

  @Test
  void longFalseClaims_twiceAsMany_someBecomeFinal() {
    Result result = run("long, twice", LONG, PLENTY, new Attack(FREE, 400, 0, false));
    assertTrue(result.falseFinal() > 0);
    assertEquals(0, result.lostClaims() + result.lostGames(), "no own bond is lost by it");
  }

  @Test
  void shortFalseClaims_asManyAsCanBeChecked_allFall() {
    assertEquals(200, claimsAtEquality(SHORT), 2);
    Wei money = money(SHORT, 200);
    assertEquals(0, run("short", SHORT, money, new Attack(FREE, 200, 0, false)).lost());
  }

  @Test
  void shortFalseClaims_twiceAsMany_someBecomeFinal() {
    Wei money = money(SHORT, 400);
    Result result = run("short, twice", SHORT, money, new Attack(FREE, 400, 0, false));
    assertTrue(result.falseFinal() > 0);
    assertEquals(0, result.lostClaims() + result.lostGames());
  }

  @Test
  void falseClaims_asManyAsThereAreBondsFor_allFall() {
    Wei money = money(POOR, 100);
    Result result = run("poor", POOR, money, new Attack(FREE, 100, 0, true));
    assertEquals(0, result.lost());
    assertEquals(
        result, run("poor, again", POOR, money, new Attack(FREE, 100, 0, true)), "by chance");
  }

  @Test
  void falseClaims_twiceAsManyAsThereAreBondsFor_someBecomeFinal() {
    assertEquals(200, claimsAtEquality(POOR), 2);
    Wei money = money(POOR, 100);
    Result result = run("poor, twice", POOR, money, new Attack(FREE, 200, 0, true));
    assertTrue(result.falseFinal() > 0);
    assertEquals(0, result.lostClaims() + result.lostGames());
  }

  /** Condition 3: two passes for each game, and the traces of the own claims. */
  private static long gamesAtEquality(Rules rules) {
    long time = rules.runners() * rules.clockForWork() - OWN_CLAIMS * rules.runSeconds();
    return time / (2 * rules.machineSeconds());
  }

  @Test
  void gamesAgainstTrueClaims_asManyAsCanBePlayed_allAreWon() {
    assertEquals(200, gamesAtEquality(GAMES));
    assertEquals(0, run("games", GAMES, PLENTY, new Attack(FREE, 0, 200, false)).lost());
  }

  @Test
  void gamesAgainstTrueClaims_twiceAsMany_aClaimIsLost() {
    Result result = run("games, twice", GAMES, PLENTY, new Attack(FREE, 0, 400, false));
    assertTrue(result.lostClaims() > 0);
  }
}
