package dev.opml.ethereum.abi;

import dev.opml.api.Bytes32;
import dev.opml.api.OpmlException;
import dev.opml.dispute.Address;
import dev.opml.dispute.chain.ArbiterParameters;
import dev.opml.dispute.chain.MoneyRules;
import dev.opml.dispute.chain.Rewards;
import dev.opml.dispute.chain.WindowRules;
import dev.opml.dispute.chain.WorkRules;
import dev.opml.dispute.game.Arity;
import dev.opml.dispute.game.ClockRules;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of a deployment, as the structures of Types.sol. */
public final class ParametersAbi {
  private static final int PROGRAM_WORDS = 2;

  private ParametersAbi() {}

  /** The result of {@code parameters()}, and first argument of the constructor. */
  public static AbiTuple encode(ArbiterParameters it) {
    WindowRules windows = it.windows();
    MoneyRules money = it.money();
    return new AbiTuple()
        .unsigned(it.arity().nodes())
        .unsigned(it.arity().instructions())
        .unsigned(it.clocks().seconds())
        .unsigned(it.clocks().machineSeconds())
        .unsigned(it.clocks().secondsPerMove())
        .unsigned(windows.revealDelay())
        .unsigned(windows.revealWindow())
        .unsigned(windows.challengeWindow())
        .unsigned(windows.sealingWindow())
        .unsigned(windows.longestChallengeWindow())
        .unsigned(windows.longestSealingWindow())
        .unsigned(money.claimBond().amount())
        .unsigned(money.claimBondPerNode().amount())
        .unsigned(money.challengerBond().amount())
        .unsigned(money.bounty().amount())
        .unsigned(money.burnBasisPoints())
        .unsigned(money.rewards().move().amount())
        .unsigned(money.rewards().end().amount())
        .unsigned(money.rewards().witness().amount())
        .unsigned(money.coveredGames())
        .unsigned(it.work().nodeMicros())
        .unsigned(it.work().longestSeconds())
        .unsigned(it.blockSeconds());
  }

  /** The arguments of the constructor. */
  public static AbiTuple constructor(ArbiterParameters it, Address machine, Address rules) {
    List<AbiTuple> programs =
        it.programRoots().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .flatMap(version ->
                version.getValue().stream()
                    .sorted(Comparator.comparing(Bytes32::toHex))
                    .map(root -> new AbiTuple().unsigned(version.getKey()).word(root)))
            .toList();
    return new AbiTuple().tuple(encode(it)).list(programs).address(machine).address(rules);
  }

  /**
   * The parameters of a deployment.
   *
   * @param parameters what {@code parameters()} returned
   * @param programs what {@code programs()} returned
   * @throws MalformedAbiException if no deployment has these
   */
  public static ArbiterParameters decode(byte[] parameters, byte[] programs) {
    try {
      return decode(new AbiInput(parameters), programs(new AbiInput(programs).tuple()));
    } catch (IllegalArgumentException | OpmlException e) {
      throw new MalformedAbiException("no parameters: " + e.getMessage(), e);
    }
  }

  private static ArbiterParameters decode(AbiInput in, Map<Integer, Set<Bytes32>> programs) {
    return new ArbiterParameters(
        new Arity(number(in), number(in)),
        new ClockRules(seconds(in), seconds(in), seconds(in)),
        new WindowRules(
            seconds(in), seconds(in), seconds(in), seconds(in), seconds(in), seconds(in)),
        new MoneyRules(
            in.wei(),
            in.wei(),
            in.wei(),
            in.wei(),
            number(in),
            new Rewards(in.wei(), in.wei(), in.wei()),
            number(in)),
        new WorkRules(seconds(in), seconds(in)),
        seconds(in),
        programs);
  }

  private static int number(AbiInput in) {
    return (int) in.unsigned(Integer.SIZE - 1);
  }

  private static long seconds(AbiInput in) {
    return in.unsigned(Integer.SIZE);
  }

  private static Map<Integer, Set<Bytes32>> programs(AbiInput list) {
    Map<Integer, Set<Bytes32>> programs = new HashMap<>();
    for (int left = list.count(PROGRAM_WORDS); left > 0; left--) {
      programs.computeIfAbsent(number(list), _ -> new HashSet<>()).add(list.word());
    }
    return programs;
  }
}
