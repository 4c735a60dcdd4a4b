package dev.opml.vm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.opml.api.MachineStateHash;
import dev.opml.api.trace.MachineState;
import dev.opml.api.trace.MachineStatus;
import dev.opml.merkle.MachineStates;
import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Decoder;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.machine.reference.ReferenceStep;
import dev.opml.vm.machine.reference.WitnessEncoder;
import dev.opml.vm.machine.translator.TieredEngine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every way in which a word can be no instruction, in all three engines. */
class InvalidEncodingTest {
  private static final long SEED = 20_260_105;
  private static final int PROGRAMS = 3;
  private static final int WORDS = 16;

  @SuppressWarnings("unused") // by its name
  private static final List<InvalidEncoding> CLASSES = InvalidEncoding.ALL;

  /** Encodings and classes by the bits of the major opcode that may match. */
  private static final List<List<Encoding>> VALID = new ArrayList<>();

  private static final List<List<InvalidEncoding>> INVALID = new ArrayList<>();

  static {
    for (int opcode = 0; opcode < 128; opcode++) {
      int major = opcode;
      VALID.add(Encoding.ALL.stream().filter(e -> (e.match() & 0x7f) == major).toList());
      INVALID.add(
          CLASSES.stream().filter(c -> ((c.match() ^ major) & c.mask() & 0x7f) == 0).toList());
    }
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("CLASSES")
  void word_ofTheClass_faultsInEveryEngine(InvalidEncoding invalid) {
    Random random = new Random(SEED);
    for (int program = 0; program < PROGRAMS; program++) {
      int[] words = new int[WORDS];
      for (int i = 0; i < WORDS; i++) {
        words[i] = invalid.draw(random);
      }
      assertFaults(words, random);
    }
  }

  /** Runs a hot loop that jumps over the words, and then each of them. */
  private static void assertFaults(int[] words, Random random) {
    TestMachine machine = TestMachine.of(loopOver(words)).set(9, 100_000).set(17, 93);
    Hart interpreted = machine.hart;
    Hart translated = interpreted.fork();
    TieredEngine translator = TestMachine.eager(translated);
    machine.engine.run(interpreted, 5000);
    translator.run(translated, 5000);
    assertTrue(translator.executedByUnits() > 2000, "translated nothing");
    for (int i = 0; i < words.length; i++) {
      String what = "0x%08x, seed %d".formatted(words[i], SEED);
      Hart a = interpreted.fork();
      Hart b = translated.fork();
      for (int register = 11; register < 32; register++) {
        a.registers[register] = random.nextLong() >> random.nextInt(64);
        b.registers[register] = a.registers[register];
      }
      a.registers[10] = i + 1;
      b.registers[10] = i + 1;
      long address = TestMachine.ENTRY + 4 * (3 * i + 2);
      while (a.pc != address) {
        machine.engine.run(a, a.count + 1);
      }
      MachineStateHash expected = MachineStates.hash(faulted(a.state()));
      assertEquals(
          expected,
          ReferenceStep.execute(MachineStates.hash(a.state()), WitnessEncoder.encode(a).encoded()),
          what);
      machine.engine.run(a, a.count + 1000);
      assertEquals(expected, MachineStates.hash(a.state()), what);
      translator.run(b, b.count + 1000);
      assertEquals(expected, MachineStates.hash(b.state()), what);
    }
  }

  /** {@code do { if (x10 == 1) word 1; if (x10 == 2) word 2; ... } while (--x9 != 0)}. */
  private static int[] loopOver(int[] words) {
    int[] program = new int[3 * words.length + 3];
    for (int i = 0; i < words.length; i++) {
      program[3 * i] = Assembler.i(Operation.ADDI, 5, 0, i + 1);
      program[3 * i + 1] = Assembler.b(Operation.BNE, 5, 10, 8);
      program[3 * i + 2] = words[i];
    }
    int end = 3 * words.length;
    program[end] = Assembler.i(Operation.ADDI, 9, 9, -1);
    program[end + 1] = Assembler.b(Operation.BNE, 9, 0, -4 * (end + 1));
    program[end + 2] = Assembler.ecall();
    return program;
  }

  private static MachineState faulted(MachineState before) {
    return new MachineState(
        before.lowerRoot(),
        before.upperRoot(),
        before.pc(),
        before.count() + 1,
        MachineStatus.FAULTED,
        before.registers());
  }

  @Test
  void names_ofClasses_areDistinct() {
    assertEquals(
        CLASSES.size(), new HashSet<>(CLASSES.stream().map(InvalidEncoding::name).toList()).size());
  }

  /** Whatever bits decide, with the fields that decide nothing at their ends and at random. */
  @Test
  void word_ofAnyOpcodeFunct3Funct7_isAnInstructionOrOfAClass() {
    Random random = new Random(SEED);
    for (int code = 0; code < 1 << 17; code++) {
      int fixed = (code & 0x7f) | (code >>> 7 & 7) << 12 | code >>> 10 << 25;
      for (int operands : new int[] {0, -1, 1 << 7, 1 << 15, 1 << 20, 1 << 24, random.nextInt()}) {
        assertClassified(fixed | operands & 0x01ff_8f80);
      }
    }
  }

  @Test
  void word_ofAnySystemInstruction_isAnInstructionOrOfAClass() {
    for (int rest = 0; rest < 1 << 25; rest++) {
      assertClassified(rest << 7 | 0x73);
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OPML_SLOW", matches = "1")
  void word_ofAll_isAnInstructionOrOfAClass() {
    int word = 0;
    do {
      assertClassified(word);
    } while (++word != 0);
  }

  /** The listing of instructions, the classes of invalid words and the decoder agree. */
  private static void assertClassified(int word) {
    Operation valid = Operation.ILLEGAL;
    for (Encoding encoding : VALID.get(word & 0x7f)) {
      valid = encoding.matches(word) ? encoding.operation() : valid;
    }
    boolean invalid = false;
    for (InvalidEncoding encoding : INVALID.get(word & 0x7f)) {
      invalid |= encoding.contains(word);
    }
    if (Decoder.decode(word).operation() != valid || invalid != (valid == Operation.ILLEGAL)) {
      throw new AssertionError(
          "0x%08x: listed as %s, in a class of invalid words: %s, decoded as %s"
              .formatted(word, valid, invalid, Decoder.decode(word).operation()));
    }
  }
}
