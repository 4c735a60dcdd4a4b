package dev.opml.ethereum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.opml.dispute.Refusal;
import dev.opml.dispute.chain.ArbiterEvent;
import dev.opml.dispute.chain.GameEndReason;
import dev.opml.dispute.chain.GameEvent;
import dev.opml.dispute.game.Side;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One list of scenarios, which three arbiters play: call for call, event for event, wei for wei.
 */
class ScenariosTest {
  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  @BeforeAll
  static void findTools() {
    Forge.tool("anvil");
    Forge.tool("forge");
  }

  private static RecordedArbiter record(Scenario scenario) {
    return new RecordedArbiter(scenario.parameters());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void scenario_onAnvil_isTheSameAsInThisProcess(Scenario scenario) throws Exception {
    List<Turn> expected = scenario.play(record(scenario));
    assertFalse(expected.isEmpty());
    try (AnvilArbiter anvil = new AnvilArbiter(scenario.parameters())) {
      List<Turn> actual = scenario.play(anvil);
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(expected.get(i), actual.get(i), "turn " + i);
      }
      assertEquals(expected.size(), actual.size());
    }
  }

  @Test
  void scenarios_inForge_areTheSameAsInThisProcess() throws Exception {
    List<Recorder> recorders = new ArrayList<>();
    for (Scenario scenario : scenarios()) {
      RecordedArbiter arbiter = record(scenario);
      assertFalse(scenario.play(arbiter).isEmpty());
      recorders.add(arbiter.recorder());
    }
    Recorder.replay(recorders);
  }

  /** Each refusal that a contract has, each event, and each way in which a game ends. */
  @Test
  void scenarios_together_leaveNothingOut() {
    Set<Refusal> refusals = EnumSet.noneOf(Refusal.class);
    Set<Class<?>> events = new HashSet<>();
    Set<List<?>> ends = new HashSet<>();
    for (Scenario scenario : scenarios()) {
      for (Turn turn : scenario.play(record(scenario))) {
        turn.refusal().ifPresent(refusals::add);
        for (ArbiterEvent event : turn.events()) {
          events.add(event.getClass());
          if (event instanceof GameEvent.Ended end) {
            ends.add(List.of(end.reason(), end.winner()));
          }
        }
      }
    }
    assertEquals(EnumSet.complementOf(EnumSet.of(Refusal.UNEXPLAINED)), refusals);
    Set<Class<?>> all = new HashSet<>(List.of(ArbiterEvent.class.getPermittedSubclasses()));
    all.remove(GameEvent.class);
    all.addAll(List.of(GameEvent.class.getPermittedSubclasses()));
    assertEquals(all, events);
    assertEquals(
        Set.of(
            List.of(GameEndReason.INSTRUCTION_EXECUTED, Optional.of(Side.PROPOSER)),
            List.of(GameEndReason.INSTRUCTION_EXECUTED, Optional.of(Side.CHALLENGER)),
            List.of(GameEndReason.TIME_OUT, Optional.of(Side.PROPOSER)),
            List.of(GameEndReason.TIME_OUT, Optional.of(Side.CHALLENGER)),
            List.of(GameEndReason.CLAIM_REFUTED, Optional.empty())),
        ends);
  }
}
