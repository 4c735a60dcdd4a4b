package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockstepTest {
  private static final long SEED = 20_240_911;
  private static final int LONGEST_RUN = 1000;

  @Test
  void threeEngines_randomPrograms_agreeAtEveryInstruction() {
    lockstep(SEED, 50_000);
  }

  /** Ten million instructions in all; each seed takes about a minute. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  @EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
  void threeEngines_aMillionInstructions_agreeAtEach(long seed) {
    lockstep(seed, 1_000_000);
  }

  private static void lockstep(long seed, long instructions) {
    RandomPrograms programs = new RandomPrograms(seed);
    long executed = 0;
    int ended = 0;
    int translated = 0;
    int runs = 0;
    for (; executed < instructions; runs++) {
      TestMachine machine = programs.nextLoop();
      Lockstep lockstep = new Lockstep(machine);
      try {
        lockstep.run(LONGEST_RUN);
      } catch (AssertionError e) {
        throw new AssertionError("program " + runs + " of seed " + seed, e);
      }
      executed += machine.hart.count;
      ended += machine.hart.running() ? 0 : 1;
      translated += lockstep.translated() > 0.5 ? 1 : 0;
    }
    assertTrue(ended > 0, "no program ended");
    assertTrue(translated > runs / 2, translated + " of " + runs + " programs were translated");
  }

  @Test
  void interpreter_randomStops_reachesTheSameStatesAsWithoutStops() {
    RandomPrograms stopping = new RandomPrograms(SEED);
    RandomPrograms straight = new RandomPrograms(SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      TestMachine a = stopping.next();
      TestMachine b = straight.next();
      long end = 1 + random.nextInt(2000);
      while (a.hart.running() && a.hart.count < end) {
        a.engine.run(a.hart, Math.min(end, a.hart.count + 1 + random.nextInt(50)));
      }
      b.engine.run(b.hart, end);
      assertEquals(b.hash(), a.hash(), "program " + i + " of seed " + SEED);
    }
  }
}
