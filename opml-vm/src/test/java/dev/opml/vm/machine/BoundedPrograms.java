package dev.opml.vm.machine;

import dev.opml.api.image.MemoryRegion;
import dev.opml.vm.machine.instruction.Format;
import dev.opml.vm.machine.instruction.Operation;
import dev.opml.vm.memory.MemoryExtent;
import dev.opml.vm.memory.MemorySnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Random programs that end and never fault, on the machine and under Linux alike. Each loads its
 * registers from a page of its own in the output region, computes, branches, jumps, loops, loads
 * and stores in that page, and stores its registers there. After the last one all pages are written
 * to standard output; the machine, which knows no such call, faults there and leaves them in
 * memory.
 *
 * <p>x2 points to the middle of the page, x3 counts rounds of loops, which do not nest, x4 holds a
 * jump's target. Jumps lead forward to the start of an item: an instruction, or a few that belong
 * together.
 */
final class BoundedPrograms {
  static final int PAGE = 4096;
  static final long DATA = MemoryRegion.OUTPUT.base();

  private static final int ITEMS = 150;
  private static final int MIDDLE = 2048;
  private static final int REGISTERS = 256;
  private static final long[] CORNERS = {
    0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xffff_ffffL
  };
  private static final int WRITE = 64;
  private static final int EXIT = 93;

  /** Kinds of items: how many of a hundred, and the instructions that they consist of. */
  private enum Kind {
    REGISTER(42, 1),
    IMMEDIATE(20, 1),
    UPPER(4, 1),
    LOAD(9, 1),
    STORE(9, 1),
    FENCE(1, 1),
    BRANCH(7, 1),
    JAL(2, 1),
    JALR(2, 2),
    LOOP_START(4, 1),
    LOOP_END(0, 2);

    private final int weight;
    private final int words;

    Kind(int weight, int words) {
      this.weight = weight;
      this.words = words;
    }

    static Kind pick(Random random) {
      int left = random.nextInt(100);
      for (Kind kind : values()) {
        left -= kind.weight;
        if (left < 0) {
          return kind;
        }
      }
      throw new AssertionError(left);
    }
  }

  private final Random random;
  private final List<Integer> code = new ArrayList<>();
  private final ByteBuffer data;

  /** That many programs, one after the other. */
  BoundedPrograms(long seed, int programs) {
    random = new Random(seed);
    data = ByteBuffer.allocate(PAGE * programs).order(ByteOrder.LITTLE_ENDIAN);
    random.nextBytes(data.array());
    for (int i = 0; i < programs; i++) {
      registers(PAGE * i);
      addProgram(DATA + (long) PAGE * i);
    }
    addEnd();
  }

  /** As a machine's memory. */
  MemorySnapshot memory() {
    return MemorySnapshot.of(
        List.of(MemoryExtent.of(TestMachine.ENTRY, bytes()), MemoryExtent.of(DATA, data.array())));
  }

  /** As an executable for Linux. */
  byte[] elf() {
    return new ElfBuilder()
        .mappable()
        .code(TestMachine.ENTRY, bytes())
        .segment(ElfBuilder.LOAD, ElfBuilder.READ_WRITE, DATA, data.array(), data.capacity())
        .build();
  }

  private byte[] bytes() {
    return TestMachine.bytes(code.stream().mapToInt(word -> word).toArray());
  }

  /** What a program starts with; every other number is one that arithmetic treats specially. */
  private void registers(int page) {
    for (int i = 0; i < 32; i++) {
      long value =
          random.nextBoolean()
              ? CORNERS[random.nextInt(CORNERS.length)]
              : random.nextLong() >> random.nextInt(64);
      data.putLong(page + 8 * i, i == 3 ? 0 : value);
    }
  }

  private void addProgram(long page) {
    code.add(Assembler.u(Operation.LUI, 2, (int) page));
    code.add(Assembler.i(Operation.ADDI, 2, 2, MIDDLE - 1));
    code.add(Assembler.i(Operation.ADDI, 2, 2, 1));
    for (int i = 1; i < 32; i++) {
      if (i != 2) {
        code.add(Assembler.i(Operation.LD, i, 2, 8 * i - MIDDLE));
      }
    }
    addBody();
    for (int i = 1; i < 32; i++) {
      code.add(Assembler.s(Operation.SD, i, 2, 8 * i - MIDDLE));
    }
  }

  private void addBody() {
    Kind[] kinds = kinds();
    int[] starts = new int[ITEMS + 1];
    starts[0] = code.size();
    for (int i = 0; i < ITEMS; i++) {
      starts[i + 1] = starts[i] + kinds[i].words;
    }
    int loop = 0;
    for (int i = 0; i < ITEMS; i++) {
      loop = kinds[i] == Kind.LOOP_START ? starts[i + 1] : loop;
      int next = Math.min(ITEMS, i + 1 + random.nextInt(12));
      addItem(kinds[i], 4 * (starts[next] - starts[i]), 4 * (loop - starts[i]));
    }
  }

  private Kind[] kinds() {
    Kind[] kinds = new Kind[ITEMS];
    boolean inLoop = false;
    for (int i = 0; i < ITEMS; i++) {
      kinds[i] = Kind.pick(random);
      if (kinds[i] == Kind.LOOP_START) {
        kinds[i] = inLoop ? Kind.LOOP_END : Kind.LOOP_START;
        inLoop = !inLoop;
      }
    }
    return kinds;
  }

  /**
   * Adds an item's instructions.
   *
   * @param ahead distance from the item to one ahead of it, in bytes
   * @param back distance to the first instruction in the loop
   */
  private void addItem(Kind kind, int ahead, int back) {
    switch (kind) {
      case REGISTER -> {
        // Few registers, so that equal and related operands are not rare.
        int rs2 = random.nextInt(4) == 0 ? 5 + random.nextInt(4) : source();
        code.add(Assembler.r(pick(Format.REGISTER), target(), source(), rs2));
      }
      case IMMEDIATE -> {
        Operation operation = pick(Format.IMMEDIATE);
        int fixed = Encoding.OF.get(operation).mask();
        // The field is 12 bits wide, less what the mask takes of it.
        int bits = 12 - Integer.bitCount(fixed >>> 20);
        int immediate = random.nextInt(1 << bits);
        code.add(Assembler.i(operation, target(), source(), immediate));
      }
      case UPPER ->
          code.add(Assembler.u(pick(Format.UPPER), target(), random.nextInt() & 0xffff_f000));
      case LOAD -> {
        Operation load = pick(Format.LOAD);
        code.add(Assembler.i(load, target(), 2, offset(load)));
      }
      case STORE -> {
        Operation store = pick(Format.STORE);
        code.add(Assembler.s(store, source(), 2, offset(store)));
      }
      case FENCE -> code.add(Encoding.OF.get(Operation.FENCE).match() | 0x0ff0_0000);
      case BRANCH -> code.add(Assembler.b(pick(Format.BRANCH), source(), source(), ahead));
      case JAL -> code.add(Assembler.jal(target(), ahead));
      case JALR -> {
        code.add(Assembler.u(Operation.AUIPC, 4, 0));
        // Bit 0 of the target does not count.
        code.add(Assembler.i(Operation.JALR, target(), 4, ahead | random.nextInt(2)));
      }
      case LOOP_START -> code.add(Assembler.i(Operation.ADDI, 3, 0, 1 + random.nextInt(60)));
      case LOOP_END -> {
        code.add(Assembler.i(Operation.ADDI, 3, 3, -1));
        // Whoever jumps into a loop finds nothing left to count.
        code.add(Assembler.b(Operation.BLT, 0, 3, back - 4));
      }
    }
  }

  private void addEnd() {
    code.add(Assembler.i(Operation.ADDI, 10, 0, 1));
    code.add(Assembler.u(Operation.LUI, 11, (int) DATA));
    code.add(Assembler.u(Operation.LUI, 12, data.capacity()));
    code.add(Assembler.i(Operation.ADDI, 17, 0, WRITE));
    code.add(Assembler.ecall());
    code.add(Assembler.i(Operation.ADDI, 10, 0, 0));
    code.add(Assembler.i(Operation.ADDI, 17, 0, EXIT));
    code.add(Assembler.ecall());
  }

  private Operation pick(Format format) {
    List<Operation> operations =
        Arrays.stream(Operation.values()).filter(o -> o.format() == format).toList();
    return operations.get(random.nextInt(operations.size()));
  }

  /** An aligned offset from x2, behind the registers. */
  private int offset(Operation access) {
    return (REGISTERS + random.nextInt(PAGE - REGISTERS))
            / access.accessSize()
            * access.accessSize()
        - MIDDLE;
  }

  private int target() {
    int register = random.nextInt(29);
    return register < 2 ? register : register + 3;
  }

  private int source() {
    return random.nextInt(32);
  }
}
