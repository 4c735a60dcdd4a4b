package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.trace.MachineStatus;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.interpreter.ProgramCode;
import dev.opml.vm.machine.translator.Profile;
import dev.opml.vm.machine.translator.TieredEngine;
import dev.opml.vm.machine.translator.Translation;
import dev.opml.vm.machine.translator.Translator;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Words that nobody chose, as instructions: each has a result, the same in all engines. */
class RandomWordsTest {
  private static final long SEED = 20_260_126;
  private static final int WORDS_A_PROGRAM = 100_000;
  private static final int BUDGET = 1000;

  /** Where half of the registers point to: a page around it may be stored to. */
  private static final long DATA = TestMachine.STATE + 32_768;

  private final Random random = new Random(SEED);

  /** Ten programs; the reference step, which hashes memory, takes one word in fifty. */
  @Test
  void aMillionWords_inEveryEngine_haveTheSameResult() {
    compareEngines(50);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
  void aMillionWords_inEveryEngineAndEachByTheReferenceStep_haveTheSameResult() {
    compareEngines(1);
  }

  private void compareEngines(int wordsAReferenceStep) {
    int running = 0;
    for (int program = 0; program < 10; program++) {
      TestMachine machine = TestMachine.of(random.ints(WORDS_A_PROGRAM).toArray());
      Hart expected = machine.hart;
      Hart actual = expected.fork();
      TieredEngine translator = TestMachine.eager(actual);
      for (int i = 0; i < WORDS_A_PROGRAM; i++) {
        enter(expected, actual, i);
        if (i % wordsAReferenceStep == 0) {
          machine.step();
        } else {
          machine.engine.run(expected, expected.count + 1);
        }
        String what = "word " + i + " of program " + program + ", seed " + SEED;
        if (expected.running()) {
          running++;
        } else {
          assertEquals(
              -1,
              Arrays.mismatch(actual.registers, 0, Hart.SINK, expected.registers, 0, Hart.SINK),
              what);
          assertEquals(actual.pc, expected.pc, what);
        }
        translator.run(actual, actual.count + 1);
        TestMachine.assertSameState(expected, actual, what);
      }
      assertEquals(expected.memory.tree().root(), actual.memory.tree().root());
    }
    assertTrue(running > 10_000, running + " did not fault");
  }

  /**
   * Lets both harts begin at an instruction with the same random registers, and numbers in them.
   */
  private void enter(Hart expected, Hart actual, int index) {
    for (int register = 1; register < Hart.SINK; register++) {
      long value =
          random.nextBoolean()
              ? DATA + 8L * random.nextInt(1000)
              : random.nextLong() >> random.nextInt(64);
      expected.registers[register] = value;
      actual.registers[register] = value;
    }
    for (Hart hart : new Hart[] {expected, actual}) {
      hart.pc = TestMachine.ENTRY + 4L * index;
      hart.status = MachineStatus.RUNNING;
    }
  }

  @Test
  void instructionsAmongRandomWords_translated_haveTheOtherEnginesResult() {
    compareTranslated(100_000);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
  void instructionsAmongAMillionRandomWords_translated_haveTheOtherEnginesResult() {
    compareTranslated(1_000_000);
  }

  /** Translates every instruction, in units of one block, and executes it in all three engines. */
  private void compareTranslated(int drawn) {
    int[] words =
        random
            .ints(drawn)
            .filter(word -> Encoding.ALL.stream().anyMatch(encoding -> encoding.matches(word)))
            .toArray();
    TestMachine machine = TestMachine.of(words);
    Hart expected = machine.hart;
    Hart actual = expected.fork();
    ProgramCode program = ProgramCode.of(expected.memory.base());
    Profile profile = new Profile(program);
    // A unit leaves before the first store to a page.
    actual.memory.pageForStore(DATA, 8);
    long translated = 0;
    for (int i = 0; i < words.length; ) {
      Translation unit = Translator.translate(program, profile, i, index -> true, 0);
      enter(expected, actual, i);
      int executed = BUDGET - unit.unit().run(actual, actual.registers, actual.memory, BUDGET);
      actual.count += executed;
      while (expected.count < actual.count) {
        machine.step();
      }
      TestMachine.assertSameState(expected, actual, "word " + i + ", seed " + SEED);
      translated += executed;
      // What the unit left to the interpreter is tried again, with other registers, or skipped.
      i += Math.clamp(executed, 1, unit.region().blocks().getFirst().length());
    }
    assertEquals(expected.memory.tree().root(), actual.memory.tree().root());
    assertTrue(translated > words.length / 2, translated + " of " + words.length);
  }
}
