package dev.opml.ethereum;

import dev.opml.api.image.GraphHeader;
import dev.opml.api.image.GraphMode;
import dev.opml.dispute.Wei;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Calls in their order, whatever the arbiter is that they are made of.
 *
 * @param nodes of the trace, if the mode has several
 */
record Scenario(String name, MoneyRules money, GraphMode mode, int nodes, Consumer<Stage> calls) {
  private static final Rewards REWARDS =
      new Rewards(Wei.gwei(6_000_000), Wei.gwei(6_000_001), Wei.gwei(30_000_002));
  private static final Rewards NO_REWARDS = new Rewards(Wei.ZERO, Wei.ZERO, Wei.ZERO);
  private static final Wei BOUNTY = Wei.gwei(100_000_000);
  static final MoneyRules MONEY = money(5_001, REWARDS, BOUNTY);

  /** Rules of money that have nothing to give. */
  static final List<MoneyRules> EDGES =
      List.of(
          money(5_000, REWARDS, Wei.ZERO),
          money(5_000, NO_REWARDS, BOUNTY),
          money(5_000, NO_REWARDS, Wei.ZERO),
          money(10_000, NO_REWARDS, Wei.ZERO));

  Scenario(String name, Consumer<Stage> calls) {
    this(name, MONEY, GraphMode.ROW_PER_NODE, 1000, calls);
  }

  private static MoneyRules money(int burnt, Rewards rewards, Wei bounty) {
    return new MoneyRules(
        Wei.ether(3), Wei.gwei(999), Wei.ether(1).plus(Wei.of(1)), bounty, burnt, rewards, 8);
  }

  /** Plays, and tells what came of it. */
  List<Turn> play(TestedArbiter arbiter) {
    Stage stage = new Stage(arbiter, parameters(), mode, nodes);
    calls.accept(stage);
    return stage.turns();
  }

  ArbiterParameters parameters() {
    return new ArbiterParameters(
        new Arity(12, 16),
        new ClockRules(3598, 500, 60),
        new WindowRules(60, 600, 7200, 3600),
        money,
        new WorkRules(100, 3600),
        12,
        Map.of(
            GraphHeader.CURRENT_VERSION,
            Set.of(Stage.model(mode, nodes).registration().programRoot())));
  }

  @Override
  public String toString() {
    return name;
  }
}
