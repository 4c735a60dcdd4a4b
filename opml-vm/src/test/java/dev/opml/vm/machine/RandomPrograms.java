package dev.opml.vm.machine;

import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Random programs that mostly keep running: memory is accessed through x2, x3 and x4, which nothing
 * writes, jumps are short, and a few instructions in a thousand are likely to fault or halt.
 */
final class RandomPrograms {
  static final int LENGTH = 256;

  /** Bytes below x2 and x3, the only ones that are stored to, and not all of them. */
  static final int DATA_SIZE = 4096;

  private static final List<Operation> REGISTER = of(Format.REGISTER);
  private static final List<Operation> IMMEDIATE = of(Format.IMMEDIATE);
  private static final List<Operation> LOADS = of(Format.LOAD);
  private static final List<Operation> STORES = of(Format.STORE);
  private static final List<Operation> BRANCHES = of(Format.BRANCH);

  private final Random random;

  RandomPrograms(long seed) {
    random = new Random(seed);
  }

  private static List<Operation> of(Format format) {
    Predicate<Operation> wanted = operation -> operation.format() == format;
    return Arrays.stream(Operation.values()).filter(wanted).toList();
  }

  /** A machine with random registers on a random program. */
  TestMachine next() {
    return machine(words(LENGTH));
  }

  /**
   * As {@link #next}, but the program begins anew where it ends, so that it may run for long. Many
   * are short: an engine that interprets the last way before a stop, as long as the loop, then has
   * executed most of it otherwise.
   */
  TestMachine nextLoop() {
    int length = LENGTH >> random.nextInt(6);
    int[] words = words(length);
    words[length - 1] = Assembler.jal(0, -4 * (length - 1));
    return machine(words);
  }

  private int[] words(int length) {
    int[] words = new int[length];
    for (int i = 0; i < length; i++) {
      words[i] = instruction(i, length);
    }
    return words;
  }

  private TestMachine machine(int[] words) {
    TestMachine machine = TestMachine.of(words);
    for (int i = 5; i < 32; i++) {
      machine.set(i, random.nextLong() >> random.nextInt(64));
    }
    return machine
        .set(3, TestMachine.STATE + DATA_SIZE)
        .set(4, TestMachine.ENTRY + 512)
        .set(17, random.nextInt(2) * 93);
  }

  /** The instruction at an index; branches do not lead behind the last one. */
  private int instruction(int index, int length) {
    int kind = random.nextInt(1000);
    if (kind < 330) {
      return Assembler.r(pick(REGISTER), target(), source(), source());
    } else if (kind < 600) {
      Operation operation = pick(IMMEDIATE);
      boolean shift = Encoding.OF.get(operation).mask() != 0x707f;
      int immediate = shift ? random.nextInt(32) : random.nextInt(4096) - 2048;
      return Assembler.i(operation, target(), source(), immediate);
    } else if (kind < 750) {
      Operation load = pick(LOADS);
      return Assembler.i(load, target(), 2 + random.nextInt(3), -8 * (1 + random.nextInt(200)));
    } else if (kind < 880) {
      Operation store = pick(STORES);
      return Assembler.s(store, source(), 2 + random.nextInt(2), -8 * (1 + random.nextInt(200)));
    } else if (kind < 950) {
      int target = Math.clamp(index + random.nextInt(24) - 4, 0, length - 1);
      return Assembler.b(pick(BRANCHES), source(), source(), 4 * (target - index));
    } else if (kind < 965) {
      int target = Math.min(index + 1 + random.nextInt(16), length - 1);
      return Assembler.jal(target(), 4 * (target - index));
    } else if (kind < 992) {
      return Assembler.u(
          random.nextBoolean() ? Operation.LUI : Operation.AUIPC,
          target(),
          random.nextInt() & 0xffff_f000);
    } else if (kind < 996) {
      return 0x0ff0_000f;
    } else {
      return rare();
    }
  }

  private int rare() {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextInt();
      case 1 -> Assembler.ecall();
      case 2 -> Assembler.i(Operation.JALR, target(), source(), 0);
      case 3 -> Assembler.i(pick(LOADS), target(), source(), 0);
      default -> Assembler.s(pick(STORES), source(), 2, random.nextInt(64) - 64);
    };
  }

  private int target() {
    int register = random.nextInt(29);
    return register == 0 ? 0 : register + 3 == 4 ? 5 : register + 3;
  }

  private int source() {
    return random.nextInt(32);
  }

  private Operation pick(List<Operation> operations) {
    return operations.get(random.nextInt(operations.size()));
  }
}
